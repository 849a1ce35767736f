Feature: Changes
  A change is for one thing. Whatever else the scenario has, and whatever else there is of that thing, stays as it was.

  @HARNESS-27 @inferred
  Rule: A change leaves everything else as it was: the other members of the thing, and every other thing
    @id:changes.status
    Scenario Outline: <operation> changes what it is for and keeps it, and nothing else
      Given an enduser
      And a card
      And another card
      And a beneficiary
      And another beneficiary
      When we call "<operation>" with each value that its page names
      Then it has changed what it is for, and nothing else

      Examples:
        | operation             |
        | Replace or renew card |
        | Generate card secret  |
        | Update beneficiary    |

    @id:changes.money
    Scenario Outline: <operation> leaves what the wallet holds
      Given a funded wallet
      And a card
      When we call "<operation>" with each value that its page names
      Then it has changed what it is for, and nothing else

      Examples:
        | operation             |
        | Update wallet         |
        | Update card status    |
        | Replace or renew card |

    @id:changes.others
    Scenario Outline: <operation> takes over no other member that is sent with it
      Given a funded wallet
      And a card
      And a beneficiary
      When we call "<operation>" with every other member of the thing
      Then it has changed what it is for, and nothing else

      Examples:
        | operation          |
        | Update wallet      |
        | Update card status |
        | Update beneficiary |

    @id:changes.client
    Scenario: Update client status changes that client and keeps it, and no other
      Given a client
      And another client
      When we call "Update client status" with each value that its page names
      Then it has changed what it is for, and nothing else

    @id:changes.effects
    Scenario Outline: <operation> does what it is for, and nothing else
      Given an enduser with the metadata
        """
        {"crm": {"id": "a-1"}, "tags": ["x", null]}
        """
      And a wallet
      And another card
      And a beneficiary
      When we call "<operation>" with each value that its page names
      Then it has changed what it is for, and nothing else

      Examples:
        | operation                        |
        | Create a transaction             |
        | Create manual credit transaction |
        | Create manual debit transaction  |
        | Create a new wallet              |
        | Create a new enduser             |
        | Create beneficiary               |

    @id:changes.card
    Scenario: A new card changes its wallet, and nothing else
      Given an enduser with the metadata
        """
        {"crm": {"id": "a-2"}, "tags": ["x", null]}
        """
      And a funded wallet
      And another wallet
      And a beneficiary
      When we call "Create a new card" with each value that its page names
      Then it has changed what it is for, and nothing else
