Feature: Money
  Balances to the cent. No page states the unit of an amount, so the unit is learned from one known credit.

  @MONEY-06 @inferred
  Rule: A manual credit raises and a manual debit lowers the balance of its wallet by exactly the amount, once per key
    @id:money.credit
    Scenario Outline: A credit of <amount> raises the balance by just that
      Given a wallet
      When we credit the wallet with <amount>
      Then the wallet holds <amount> more than before

      Examples:
        | amount   |
        | 1        |
        | 29       |
        | 57       |
        | 115      |
        | 100000   |
        | 13107201 |

    @id:money.debit
    Scenario Outline: A debit of <amount> lowers the balance by just that
      Given a funded wallet
      When we debit the wallet by <amount>
      Then the wallet holds <amount> less than before

      Examples:
        | amount |
        | 1      |
        | 29     |
        | 99999  |

    @id:money.many
    Scenario: Many small credits add up to the cent
      Given a wallet
      When the credits 1, 5, 10, 10, 10, 29, 57, 58, 113, 402 are made one after another
      Then the wallet holds 695 more than before

    @id:money.large
    Scenario: A large credit and a small one are both on the wallet
      Given a wallet
      When the credits 33554433, 1, 1 are made one after another
      Then the wallet holds 33554435 more than before

    @id:money.beyond-32-bits
    Scenario Outline: A credit of <amount> is refused, or booked to the last unit
      Given a wallet
      When we try to credit the wallet with <amount>
      Then the wallet holds what the answer says

      Examples:
        | amount     |
        | 2147483648 |
        | 4294967297 |

    @id:money.at-once
    Scenario: Many credits at once are all on the wallet
      Given a wallet
      When 24 credits of 1200 each are made on the wallet at once
      Then the wallet holds 28800 more than before

    @id:money.once
    Scenario: A credit sent twice under one key is booked once
      Given a wallet
      And we credit the wallet with 4321
      When the request is sent again with the same key
      Then the wallet holds 4321 more than before

  @MONEY-05 @inferred
  Rule: A transfer between wallets neither makes nor loses money: what one side loses the other gains
    @id:money.transfer
    Scenario: What one wallet loses the other gains
      Given a funded wallet
      And another wallet
      When we move 1234 from the wallet to the other wallet
      Then the wallet holds 1234 less than before
      And the other wallet holds 1234 more than before
      And both wallets together hold what they held before

    @id:money.transfer-large
    Scenario: A large amount moves as a small one does
      Given a wallet
      And another wallet
      And we credit the wallet with 13107201
      When we move 13107200 from the wallet to the other wallet
      Then the wallet holds 13107200 less than before
      And the other wallet holds 13107200 more than before

    @id:money.to-itself
    Scenario: A transaction from a wallet to itself is refused, or moves nothing
      Given a funded wallet
      When we try to move 500 from the wallet to itself
      Then the wallet holds what it held before

    @id:money.to-another-client
    Scenario: A transaction to another client's wallet, taken or refused, makes and loses no money
      Given a funded wallet
      And a wallet of another client
      When we try to move 500 from the wallet to the foreign wallet
      Then both wallets together hold what they held before

  @MONEY-02 @MONEY-01 @example
  Rule: "total_amount" equals "amount" plus "reserved_amount"; every sample agrees, no page says so
    @id:money.total
    Scenario: The total is what is available plus what is reserved
      Given a funded wallet
      Then the wallet's amounts add up to its total

  @MONEY-01 @stated
  Rule: "total_amount" is all that the wallet holds, "amount" what is available, "reserved_amount" what is set aside
    @id:money.parts
    Scenario: The parts of a balance stay consistent as money moves
      Given a funded wallet
      When we debit the wallet by 777
      Then the wallet's amounts add up to its total
      And the wallet holds 777 less than before

  @MONEY-07 @inferred
  Rule: No amount of a wallet is ever negative, since cards are prepaid and authorised against the balance
    @id:money.overdraft
    Scenario: A wallet can't be overdrawn
      Given a funded wallet
      When we debit the wallet by more than it holds
      Then the call is refused as a fault of the caller
      And the wallet holds what it held before
      And the wallet's amounts are not negative

    @id:money.overdraft-by-one
    Scenario: A debit of one unit more than there is, is refused
      Given a funded wallet
      When we debit the wallet by one more than it holds
      Then the call is refused as a fault of the caller
      And the wallet holds what it held before

    @id:money.overdraft-transfer
    Scenario Outline: A transaction of <much> than there is, is refused
      Given a funded wallet
      And another wallet
      When we move <much> than it holds from the wallet to the other wallet
      Then the call is refused as a fault of the caller
      And the wallet holds what it held before
      And both wallets together hold what they held before

      Examples:
        | much     |
        | one more |

    @id:money.overdraft-at-once
    Scenario: What a wallet holds can be debited once, however many ask at one moment
      Given a funded wallet
      When we debit all that the wallet holds, 24 times at once
      Then the wallet's amounts are not negative
      And the wallet holds what those that were served have left

    @id:money.overdraft-transfer-at-once
    Scenario: What a wallet holds can be moved once, however many ask at one moment
      Given a funded wallet
      And another wallet
      When we move to the other wallet all that the wallet holds, 24 times at once
      Then the wallet's amounts are not negative
      And the wallet holds what those that were served have left
      And both wallets together hold what they held before

    @id:money.negative
    Scenario Outline: <operation> refuses an amount of <amount>
      Given a valid request to "<operation>"
      But the request's "amount" is set to <amount>
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation                        | amount  |
        | Create manual credit transaction | -1      |
        | Create manual credit transaction | -100000 |
        | Create manual debit transaction  | -1      |
        | Create manual debit transaction  | -100000 |
        | Create a transaction             | -1      |
        | Create a transaction             | -100000 |

  @MONEY-04 @third-party
  Rule: An integrator shows "total_amount" with two decimals, as whole currency units
    @id:money.decimals
    Scenario: Amounts have no leftovers of binary arithmetic
      Given a wallet
      When the credits 10, 20, 1, 5 are made one after another
      Then the wallet's amounts have no more than two decimals

  @HARNESS-11 @inferred
  Rule: A refused request changes nothing
    @id:money.refused-takes-nothing
    Scenario: A debit over what the wallet holds takes nothing
      Given a funded wallet
      When we debit the wallet by more than it holds
      Then the wallet holds what it held before
