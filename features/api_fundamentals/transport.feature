Feature: Transport, errors and what HTTP asks for
  What holds for every answer: standard status codes, JSON, times, and the parts of HTTP and JSON that any
  service on the web keeps to.

  @GEN-09 @GEN-11 @stated
  Rule: The result of a call is told by a standard HTTP status code
    @id:transport.status-codes
    Scenario Outline: <operation> tells its result by a standard status code, in JSON
      When we call "<operation>"
      Then the call succeeds
      And the answer's header "Content-Type" is JSON

      Examples:
        | operation              |
        | Get all cards          |
        | Get card by ID         |
        | Get all wallets        |
        | Get wallet by ID       |
        | Get all endusers       |
        | Get enduser by ID      |
        | Get all transactions   |
        | Get transaction by ID  |
        | List all beneficiaries |
        | Get beneficiary by ID  |
        | Get all programs       |
        | Get program by ID      |
        | Get all webhooks       |

  @GEN-06 @stated
  Rule: The reference pages place their operations under "/customers/v1" (edition v1)
    @id:transport.prefix
    Scenario Outline: Edition v1 serves <operation> at its documented address
      Given the edition under test is v1
      When we call "<operation>"
      Then the call succeeds

      Examples:
        | operation        | requirement |
        | Get all cards    | GEN-06      |
        | Get all wallets  | GEN-06      |
        | Get all endusers | GEN-06      |

  @GEN-07 @stated
  Rule: The guides place the operations that they mention under "/api" (edition guide)
    @id:transport.guide-prefix
    Scenario Outline: Edition guide serves <operation> at its documented address
      Given the edition under test is guide
      When we call "<operation>"
      Then the call succeeds

      Examples:
        | operation        |
        | Get all cards    |
        | Get all wallets  |
        | Get all endusers |

  @GEN-08 @stated
  Rule: The three webhook subscription operations sit under "/customer/v1", with customer in the singular
    @id:transport.webhooks-prefix
    Scenario: Subscriptions sit under customer in the singular
      When we call "Get all webhooks"
      Then the call succeeds

  @GEN-12 @example
  Rule: Timestamps are UTC with milliseconds and a "Z", such as "2025-01-14T16:56:58.947Z"
    @id:transport.timestamps
    Scenario Outline: The "<field>" of a card is UTC with milliseconds
      Given a card
      When we call "Get card by ID"
      Then the answer's "<field>" is a time in UTC with milliseconds

      Examples:
        | field      |
        | created_at |
        | updated_at |
        | expiry     |

  @STD-19 @standard
  Rule: "date-time" is the form of RFC 3339
    @id:transport.date-time
    Scenario: Times of a wallet are date-times of RFC 3339
      Given a wallet
      When we call "Get wallet by ID"
      Then the answer's "created_at" is a date-time of RFC 3339
      And the answer's "updated_at" is a date-time of RFC 3339

  @HARNESS-18 @inferred
  Rule: An unknown path is answered 404 or refused, and never served
    @id:transport.unknown-address
    Scenario: An address that does not exist is not served
      When we call "Get all cards" at an address that does not exist
      Then the call is refused as a fault of the caller

  @HARNESS-17 @inferred
  Rule: A method that a known path does not offer is refused with 404, 405 or 501, and never served
    @id:transport.unknown-method
    Scenario Outline: <operation> is not served to the method <method>
      When we call "<operation>" with the method <method>
      Then the call is refused as a wrong method

      Examples:
        | operation            | method |
        | Get all cards        | DELETE |
        | Get card by ID       | PUT    |
        | Get all wallets      | PUT    |
        | Get wallet by ID     | DELETE |
        | Get all endusers     | DELETE |
        | Get all transactions | PATCH  |

  @STD-05 @standard
  Rule: Every 405 has "Allow"
    @id:transport.allow
    Scenario: A 405 says which methods are allowed
      When we call "Get all cards" with the method DELETE
      Then the refusal says which methods are allowed

  @STD-06 @standard
  Rule: 204 and 304 have no content, and "Content-Length", where present, equals the octets sent
    @id:transport.no-content
    Scenario: A 204 has no content
      Given a webhook
      When we call "Delete a webhook"
      Then the answer is empty, as 204 says

    @id:transport.length
    Scenario Outline: <operation> is answered with as many octets as it announces
      When we read the answer of "<operation>" to its end
      Then the answer is as long as it says

      Examples:
        | operation                               |
        | List all beneficiaries                  |
        | Get beneficiary by ID                   |
        | Create beneficiary                      |
        | Update beneficiary                      |
        | Create Payid beneficiary                |
        | Get all cards                           |
        | Create a new card                       |
        | Get card by ID                          |
        | Update card status                      |
        | Replace or renew card                   |
        | Generate card secret                    |
        | Generate MeaWallet widget session token |
        | Get all programs                        |
        | Create a new program                    |
        | Get program by ID                       |
        | Get all clients                         |
        | Get client by ID                        |
        | Create a new client                     |
        | Update client status                    |
        | Get all endusers                        |
        | Create a new enduser                    |
        | Get enduser by ID                       |
        | Get all transactions                    |
        | Create a transaction                    |
        | Get transaction by ID                   |
        | Create manual credit transaction        |
        | Create manual debit transaction         |
        | Get all wallets                         |
        | Create a new wallet                     |
        | Get wallet by ID                        |
        | Update wallet                           |
        | Create subscription                     |
        | Get all webhooks                        |
        | Create a webhook                        |

  @HARNESS-26 @standard
  Rule: The coding that an answer names in "Content-Encoding" is that of its body
    @id:transport.coding
    Scenario Outline: <operation> is answered in the coding that the answer names
      When we call "<operation>"
      Then the answer is coded as it says

      Examples:
        | operation           |
        | Get all cards       |
        | Create a new wallet |

  @STD-07 @standard
  Rule: "Date" is present and valid on 2xx, 3xx and 4xx answers of a server that has a clock
    @id:transport.date
    Scenario Outline: <operation> carries a valid date
      When we call "<operation>"
      Then the call succeeds
      And the answer's header "Date" is a date

      Examples:
        | operation           |
        | Get all cards       |
        | Create a new wallet |
        | Create a new card   |

  @STD-08 @standard
  Rule: GET and HEAD change nothing; PUT and DELETE sent again have no further effect
    @id:transport.safe
    Scenario Outline: Reading a <thing> twice changes nothing
      Given a <thing>
      And the <thing> is noted
      When we call "<operation>"
      Then the <thing> is as it was

      Examples:
        | thing   | operation         |
        | card    | Get card by ID    |
        | wallet  | Get wallet by ID  |
        | enduser | Get enduser by ID |

    @id:transport.safe-in-list
    Scenario Outline: Reading a <thing> changes nothing of it in the list
      Given a <thing>
      Then reading the <thing> leaves its entry in the list as it was

      Examples:
        | thing       |
        | card        |
        | wallet      |
        | beneficiary |
        | transaction |

  @STD-09 @standard
  Rule: After 201 the new resource is named by "Location", where present, else by the target URI; a "Location" resolves
    @id:transport.location
    Scenario: The new card is where Location says, where there is one
      When we call "Create a new card"
      Then the new thing is where "Location" says, if anywhere

  @STD-12 @standard
  Rule: JSON is UTF-8 without a byte order mark, keeps to the grammar, has no NaN or Infinity, and should not repeat a member name
    @id:transport.strict-json
    Scenario Outline: <operation> answers in strict JSON
      When we call "<operation>"
      Then the call succeeds
      And the answer is strict JSON

      Examples:
        | operation                               |
        | List all beneficiaries                  |
        | Get beneficiary by ID                   |
        | Create beneficiary                      |
        | Update beneficiary                      |
        | Create Payid beneficiary                |
        | Get all cards                           |
        | Create a new card                       |
        | Get card by ID                          |
        | Update card status                      |
        | Replace or renew card                   |
        | Generate card secret                    |
        | Generate MeaWallet widget session token |
        | Get all programs                        |
        | Create a new program                    |
        | Get program by ID                       |
        | Get all clients                         |
        | Get client by ID                        |
        | Create a new client                     |
        | Update client status                    |
        | Get all endusers                        |
        | Create a new enduser                    |
        | Get enduser by ID                       |
        | Get all transactions                    |
        | Create a transaction                    |
        | Get transaction by ID                   |
        | Create manual credit transaction        |
        | Create manual debit transaction         |
        | Get all wallets                         |
        | Create a new wallet                     |
        | Get wallet by ID                        |
        | Update wallet                           |
        | Create subscription                     |
        | Get all webhooks                        |
        | Create a webhook                        |

  @STD-10 @STD-11 @standard
  Rule: "Retry-After", where present, is whole seconds or an HTTP date
    @id:transport.retry-after
    Scenario: Retry-After, where there is one, is seconds or a date
      When we call "Get all cards"
      Then the call succeeds
      And the answer's header "Retry-After", where there is one, is seconds or a date

  @ERR-11 @third-party
  Rule: An error body, when it is JSON, has the text in "message" or else in "error"
    @id:errors.text
    Scenario: The refusal of an unknown card has a text for people
      Given a valid request to "Get card by ID"
      But the request's "id" in the address is unknown
      When the request is sent
      Then the refusal has a text for people

  @HARNESS-10 @inferred
  Rule: An error answer shows no stack trace, file path or database statement
    @id:errors.no-insides
    Scenario Outline: <operation>, where its <what> is <how>, shows nothing of the inside of the server
      Given a valid request to "<operation>"
      But the request's <what> is <how>
      When the request is sent
      Then the call is refused as a fault of the caller
      And the answer shows nothing of the inside of the server

      Examples:
        | operation            | what                | how         |
        | Create a new card    | body                | not JSON    |
        | Create a new wallet  | body                | not JSON    |
        | Get card by ID       | "id" in the address | malformed   |
        | Create a new enduser | body                | cut in half |

  @HARNESS-14 @inferred
  Rule: No answer repeats an access token or a client secret of the caller
    @id:errors.no-token
    Scenario Outline: <operation> does not repeat our token
      When we call "<operation>"
      Then the answer shows no credential of ours

      Examples:
        | operation        |
        | Get all cards    |
        | Get card by ID   |
        | Get wallet by ID |

  @HARNESS-25 @inferred
  Rule: HEAD is served where GET is
    @id:transport.head
    Scenario Outline: <operation> answers HEAD
      When we call "<operation>"
      Then the answer is a list of <kind>s
      When we call "<operation>" with the method HEAD
      Then the call succeeds

      Examples:
        | operation        | kind    |
        | Get all cards    | Card    |
        | Get all programs | Program |
