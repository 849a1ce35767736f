Feature: Derived inputs
  For each class of odd inputs there is one for every field of every request body, every parameter of an address
  and every header that it can be made for. A run sends some of them, others with another seed; "--depth" says how
  many of each class. Each request is valid but for the one place.

  @HARNESS-01 @standard
  Rule: Bad input is never answered by a server error (5xx), save where a page documents one (check 8 of card creation)
    @id:derived.inputs
    Scenario Outline: Fields with <class>: each request of a sample is answered cleanly
      Given inputs with <class>, derived from every operation's fields
      When a sample of them is sent
      Then each of them is answered cleanly

      Examples:
        | class                                   |
        | very long text                          |
        | unusual letters                         |
        | control characters                      |
        | words that mean something elsewhere     |
        | numbers at the edges                    |
        | another type                            |
        | nothing in them                         |
        | a broken form                           |
        | values outside their list               |
        | something nested where a value is asked |
        | a name that is there twice              |
        | a further member that no page has       |

    @id:derived.parameters
    Scenario Outline: Parameters of an address with <class>: each request of a sample is answered cleanly
      Given inputs with <class>, derived from every operation's parameters
      When a sample of them is sent
      Then each of them is answered cleanly

      Examples:
        | class                               |
        | very long text                      |
        | unusual letters                     |
        | control characters                  |
        | words that mean something elsewhere |
        | numbers at the edges                |
        | nothing in them                     |
        | a broken form                       |
        | values outside their list           |
        | a name that is there twice          |
        | a further member that no page has   |

    @id:derived.headers
    Scenario Outline: Headers with <class>: each request of a sample is answered cleanly
      Given inputs with <class>, derived from every operation's headers
      When a sample of them is sent
      Then each of them is answered cleanly

      Examples:
        | class                               |
        | very long text                      |
        | unusual letters                     |
        | words that mean something elsewhere |
        | nothing in them                     |
        | a broken form                       |
        | a name that is there twice          |
