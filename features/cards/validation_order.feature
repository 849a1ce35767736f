Feature: The order of the eight checks
  The service runs eight checks in a fixed order, and the first that fails decides the error. The order of
  two checks shows only in a request that fails both, so there is one for each pair that can exist.

  What makes a request fail each of them:

  * check 1: the card program is gone or inactive.
  * check 2: the metadata of the program does not fit its product.
  * check 3: the wallet is suspended, inactive or gone.
  * check 4: the wallet is linked already, to a card or something else.
  * check 5: the enduser who holds the wallet is gone.
  * check 6: that enduser belongs to another client.
  * check 7: that enduser is a company and no person.
  * check 8: the card provider refuses.

  So "a wallet that fails checks 4, 6 and 7" is held by a company of another client and is linked already.

  Two pairs take a wallet that no request makes, and are tried where the target file gives it:

  * checks 5 and 6: the holder of the wallet is gone and was another client's.
  * checks 5 and 7: the holder of the wallet is gone and was a company.

  The eight pairs 1-2, 2-3, 3-4, 4-5, 4-6, 5-8, 6-7 and 7-8 are the fewest that prove the whole order, but for the place of check 5 against 6 and 7.

  @stated
  Rule: Each of the eight checks refuses with its own message
    @id:card-order.single
    Scenario Outline: Check <check> alone decides
      Given a card program that fails <program>
      And a wallet that fails <wallet>
      When a card is asked for on that wallet under that program
      Then check <check> decides: "<message>"

      Examples:
        | check | program  | wallet   | message                                         | requirement   |
        | 1     | check 1  | no check | Invalid program id                              | CARD-ORDER-01 |
        | 2     | check 2  | no check | Invalid metadata                                | CARD-ORDER-02 |
        | 3     | no check | check 3  | Invalid or dormant wallet                       | CARD-ORDER-03 |
        | 4     | no check | check 4  | Invalid wallet with existing entity association | CARD-ORDER-04 |
        | 5     | no check | check 5  | Invalid enduser associated with wallet          | CARD-ORDER-05 |
        | 6     | no check | check 6  | Enduser does not belong to requesting client    | CARD-ORDER-06 |
        | 7     | no check | check 7  | Unsupported enduser entity type                 | CARD-ORDER-07 |
        | 8     | check 8  | no check | Unable to create card                           | CARD-ORDER-08 |

  @CARD-CREATE-15 @stated
  Rule: The checks run in a fixed order and the first one that fails decides the error
    @id:card-order.pair
    Scenario Outline: Where checks <first> and <second> both fail, check <first> decides
      Given a card program that fails <program>
      And a wallet that fails <wallet>
      When a card is asked for on that wallet under that program
      Then check <first> decides: "<message>"
      And no card exists on that wallet
      And the wallet is as it was before

      Examples:
        | first | second | program        | wallet         | message                                         |
        | 1     | 2      | checks 1 and 2 | no check       | Invalid program id                              |
        | 1     | 3      | check 1        | check 3        | Invalid program id                              |
        | 1     | 4      | check 1        | check 4        | Invalid program id                              |
        | 1     | 5      | check 1        | check 5        | Invalid program id                              |
        | 1     | 6      | check 1        | check 6        | Invalid program id                              |
        | 1     | 7      | check 1        | check 7        | Invalid program id                              |
        | 1     | 8      | checks 1 and 8 | no check       | Invalid program id                              |
        | 2     | 3      | check 2        | check 3        | Invalid metadata                                |
        | 2     | 4      | check 2        | check 4        | Invalid metadata                                |
        | 2     | 5      | check 2        | check 5        | Invalid metadata                                |
        | 2     | 6      | check 2        | check 6        | Invalid metadata                                |
        | 2     | 7      | check 2        | check 7        | Invalid metadata                                |
        | 2     | 8      | checks 2 and 8 | no check       | Invalid metadata                                |
        | 3     | 4      | no check       | checks 3 and 4 | Invalid or dormant wallet                       |
        | 3     | 5      | no check       | checks 3 and 5 | Invalid or dormant wallet                       |
        | 3     | 6      | no check       | checks 3 and 6 | Invalid or dormant wallet                       |
        | 3     | 7      | no check       | checks 3 and 7 | Invalid or dormant wallet                       |
        | 3     | 8      | check 8        | check 3        | Invalid or dormant wallet                       |
        | 4     | 5      | no check       | checks 4 and 5 | Invalid wallet with existing entity association |
        | 4     | 6      | no check       | checks 4 and 6 | Invalid wallet with existing entity association |
        | 4     | 7      | no check       | checks 4 and 7 | Invalid wallet with existing entity association |
        | 4     | 8      | check 8        | check 4        | Invalid wallet with existing entity association |
        | 5     | 6      | no check       | checks 5 and 6 | Invalid enduser associated with wallet          |
        | 5     | 7      | no check       | checks 5 and 7 | Invalid enduser associated with wallet          |
        | 5     | 8      | check 8        | check 5        | Invalid enduser associated with wallet          |
        | 6     | 7      | no check       | checks 6 and 7 | Enduser does not belong to requesting client    |
        | 6     | 8      | check 8        | check 6        | Enduser does not belong to requesting client    |
        | 7     | 8      | check 8        | check 7        | Unsupported enduser entity type                 |

    @id:card-order.all
    Scenario Outline: Where <all> fail at once, check <first> decides
      Given a card program that fails <program>
      And a wallet that fails <wallet>
      When a card is asked for on that wallet under that program
      Then check <first> decides: "<message>"
      And no card exists on that wallet
      And the wallet is as it was before

      Examples:
        | all                                | first | program           | wallet               | message                                         |
        | all that can (1, 2, 3, 4, 6, 7, 8) | 1     | checks 1, 2 and 8 | checks 3, 4, 6 and 7 | Invalid program id                              |
        | all from 2 on                      | 2     | checks 2 and 8    | checks 3, 4, 6 and 7 | Invalid metadata                                |
        | all from 3 on                      | 3     | check 8           | checks 3, 4, 6 and 7 | Invalid or dormant wallet                       |
        | all from 4 on                      | 4     | check 8           | checks 4, 6 and 7    | Invalid wallet with existing entity association |
        | 3, 4 and 5                         | 3     | no check          | checks 3, 4 and 5    | Invalid or dormant wallet                       |

    @id:card-order.unknown
    Scenario: Where neither program nor wallet exists, check 1 decides
      Given a card program that does not exist
      And a wallet that does not exist
      When a card is asked for on that wallet under that program
      Then check 1 decides: "Invalid program id"

    @id:card-order.unknown-wallet
    Scenario: A wallet that does not exist fails check 3
      Given a card program that fails no check
      And a wallet that does not exist
      When a card is asked for on that wallet under that program
      Then check 3 decides: "Invalid or dormant wallet"

  @CARD-CREATE-19 @inferred
  Rule: A creation that fails leaves no card and does not link the wallet
    @id:card-order.no-trace
    Scenario Outline: A creation refused by check <check> leaves no trace
      Given a card program that fails <program>
      And a wallet that fails <wallet>
      When a card is asked for on that wallet under that program
      Then no card exists on that wallet
      And the wallet is as it was before

      Examples:
        | check | program  | wallet   |
        | 1     | check 1  | no check |
        | 2     | check 2  | no check |
        | 3     | no check | check 3  |
        | 4     | no check | check 4  |
        | 5     | no check | check 5  |
        | 6     | no check | check 6  |
        | 7     | no check | check 7  |
        | 8     | check 8  | no check |

  @ERR-08 @stated
  Rule: Each failed check of card creation has a typical message and a class, "User" or "Runtime"
    @id:card-order.classes
    Scenario Outline: Check <check>, of the class <class>, refuses with its message
      Given a card program that fails <program>
      And a wallet that fails <wallet>
      When a card is asked for on that wallet under that program
      Then check <check> decides: "<message>"

      Examples:
        | check | class   | program  | wallet   | message                                         |
        | 1     | User    | check 1  | no check | Invalid program id                              |
        | 4     | User    | no check | check 4  | Invalid wallet with existing entity association |
        | 8     | Runtime | check 8  | no check | Unable to create card                           |

  @ERR-09 @inferred
  Rule: A failure of class "User" is a 4xx; which one is not stated
    @id:card-order.user
    Scenario Outline: A failure of check <check> is a fault of the caller
      Given a card program that fails <program>
      And a wallet that fails <wallet>
      When a card is asked for on that wallet under that program
      Then the call is refused as a fault of the caller

      Examples:
        | check | program  | wallet   |
        | 1     | check 1  | no check |
        | 2     | check 2  | no check |
        | 3     | no check | check 3  |
        | 4     | no check | check 4  |
        | 5     | no check | check 5  |
        | 6     | no check | check 6  |
        | 7     | no check | check 7  |

  @ERR-10 @inferred
  Rule: A failure of class "Runtime" is a 5xx; which one is not stated
    @id:card-order.runtime
    Scenario: A failure of the provider is a fault at run time
      Given a card program that fails check 8
      And a wallet that fails no check
      When a card is asked for on that wallet under that program
      Then the call fails as a fault at run time

  @ERR-07 @stated
  Rule: Card creation uses the standard codes, with 400, 401, 403, 404 and 500 named
    @id:card-order.standard-codes
    Scenario Outline: Card creation uses the standard codes: <code> where <case>
      When "Create a new card" is called with <case>
      Then the call is refused as not authenticated

      Examples:
        | code | case     |
        | 401  | no token |

  @CARD-ORDER-01 @CARD-PRE-13 @stated
  Rule: Check 1: the program exists and is valid, else "Invalid program id" (User)
    @id:card-order.unknown-program
    Scenario: A program that does not exist fails check 1
      Given a card program that does not exist
      And a wallet that fails no check
      When a card is asked for on that wallet under that program
      Then check 1 decides: "Invalid program id"

  @CARD-ORDER-03 @stated
  Rule: Check 3: the wallet exists, is "ACTIVE" and its owner matches, else "Invalid or dormant wallet" (User)
    @id:card-order.inactive-wallet
    Scenario: A wallet that was set inactive fails check 3
      Given a card program that fails no check
      And a wallet
      And the wallet's status is changed to "INACTIVE"
      When a card is asked for on that wallet under that program
      Then check 3 decides: "Invalid or dormant wallet"

  @CARD-ORDER-08 @stated
  Rule: Check 8: the card provider, for example Paymentology, succeeds, else "Unable to create card" (Runtime) or the error of the provider
    @id:card-order.provider-text
    Scenario: A creation that the provider refuses says so
      Given a card program that fails check 8
      And a wallet that fails no check
      When a card is asked for on that wallet under that program
      Then the refusal tells its reader something
