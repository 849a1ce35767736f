Feature: The order of the eight checks
  The service runs eight checks in a fixed order, and the first that fails decides the error. The order of
  two checks shows only in a request that fails both, so there is one for each pair that can exist.

  A program can fail checks 1, 2 and 8, a wallet and its holder checks 3 to 7; the words beside the numbers say how.
  Checks 5 and 6, or 5 and 7, take a wallet that no request makes: they are tried where the target file gives it.
  The eight pairs 1-2, 2-3, 3-4, 4-5, 4-6, 5-8, 6-7 and 7-8 are the fewest that prove the whole order, but for the place of check 5 against 6 and 7.

  @stated
  Rule: Each of the eight checks refuses with its own message
    @id:card-order.single
    Scenario Outline: Check <check> alone decides
      Given a card program that fails <program>: it is <program is>
      And a wallet that fails <wallet>: it is <wallet is>
      When a card is asked for on that wallet under that program
      Then check <check> decides: "<message>"

      Examples:
        | check | program  | wallet   | message                                         | requirement   | program is                   | wallet is                       |
        | 1     | check 1  | no check | Invalid program id                              | CARD-ORDER-01 | gone or inactive             | in order                        |
        | 2     | check 2  | no check | Invalid metadata                                | CARD-ORDER-02 | of metadata that do not fit  | in order                        |
        | 3     | no check | check 3  | Invalid or dormant wallet                       | CARD-ORDER-03 | in order                     | not active                      |
        | 4     | no check | check 4  | Invalid wallet with existing entity association | CARD-ORDER-04 | in order                     | linked already                  |
        | 5     | no check | check 5  | Invalid enduser associated with wallet          | CARD-ORDER-05 | in order                     | without a holder                |
        | 6     | no check | check 6  | Enduser does not belong to requesting client    | CARD-ORDER-06 | in order                     | held by another client's person |
        | 7     | no check | check 7  | Unsupported enduser entity type                 | CARD-ORDER-07 | in order                     | held by a company of ours       |
        | 8     | check 8  | no check | Unable to create card                           | CARD-ORDER-08 | refused by the card provider | in order                        |

  @CARD-CREATE-15 @stated
  Rule: The checks run in a fixed order and the first one that fails decides the error
    @id:card-order.pair
    Scenario Outline: Where checks <first> and <second> both fail, check <first> decides
      Given a card program that fails <program>: it is <program is>
      And a wallet that fails <wallet>: it is <wallet is>
      When a card is asked for on that wallet under that program
      Then check <first> decides: "<message>"
      And that has left no card, and the wallet as it was

      Examples:
        | first | second | program        | wallet         | message                                         | program is                                                | wallet is                                       |
        | 1     | 2      | checks 1 and 2 | no check       | Invalid program id                              | gone or inactive, of metadata that do not fit             | in order                                        |
        | 1     | 3      | check 1        | check 3        | Invalid program id                              | gone or inactive                                          | not active                                      |
        | 1     | 4      | check 1        | check 4        | Invalid program id                              | gone or inactive                                          | linked already                                  |
        | 1     | 5      | check 1        | check 5        | Invalid program id                              | gone or inactive                                          | without a holder                                |
        | 1     | 6      | check 1        | check 6        | Invalid program id                              | gone or inactive                                          | held by another client's person                 |
        | 1     | 7      | check 1        | check 7        | Invalid program id                              | gone or inactive                                          | held by a company of ours                       |
        | 1     | 8      | checks 1 and 8 | no check       | Invalid program id                              | gone or inactive, refused by the card provider            | in order                                        |
        | 2     | 3      | check 2        | check 3        | Invalid metadata                                | of metadata that do not fit                               | not active                                      |
        | 2     | 4      | check 2        | check 4        | Invalid metadata                                | of metadata that do not fit                               | linked already                                  |
        | 2     | 5      | check 2        | check 5        | Invalid metadata                                | of metadata that do not fit                               | without a holder                                |
        | 2     | 6      | check 2        | check 6        | Invalid metadata                                | of metadata that do not fit                               | held by another client's person                 |
        | 2     | 7      | check 2        | check 7        | Invalid metadata                                | of metadata that do not fit                               | held by a company of ours                       |
        | 2     | 8      | checks 2 and 8 | no check       | Invalid metadata                                | of metadata that do not fit, refused by the card provider | in order                                        |
        | 3     | 4      | no check       | checks 3 and 4 | Invalid or dormant wallet                       | in order                                                  | not active, linked already                      |
        | 3     | 5      | no check       | checks 3 and 5 | Invalid or dormant wallet                       | in order                                                  | not active, without a holder                    |
        | 3     | 6      | no check       | checks 3 and 6 | Invalid or dormant wallet                       | in order                                                  | not active, held by another client's person     |
        | 3     | 7      | no check       | checks 3 and 7 | Invalid or dormant wallet                       | in order                                                  | not active, held by a company of ours           |
        | 3     | 8      | check 8        | check 3        | Invalid or dormant wallet                       | refused by the card provider                              | not active                                      |
        | 4     | 5      | no check       | checks 4 and 5 | Invalid wallet with existing entity association | in order                                                  | linked already, without a holder                |
        | 4     | 6      | no check       | checks 4 and 6 | Invalid wallet with existing entity association | in order                                                  | linked already, held by another client's person |
        | 4     | 7      | no check       | checks 4 and 7 | Invalid wallet with existing entity association | in order                                                  | linked already, held by a company of ours       |
        | 4     | 8      | check 8        | check 4        | Invalid wallet with existing entity association | refused by the card provider                              | linked already                                  |
        | 5     | 6      | no check       | checks 5 and 6 | Invalid enduser associated with wallet          | in order                                                  | without a holder, who was another client's      |
        | 5     | 7      | no check       | checks 5 and 7 | Invalid enduser associated with wallet          | in order                                                  | without a holder, who was a company             |
        | 5     | 8      | check 8        | check 5        | Invalid enduser associated with wallet          | refused by the card provider                              | without a holder                                |
        | 6     | 7      | no check       | checks 6 and 7 | Enduser does not belong to requesting client    | in order                                                  | held by another client's company                |
        | 6     | 8      | check 8        | check 6        | Enduser does not belong to requesting client    | refused by the card provider                              | held by another client's person                 |
        | 7     | 8      | check 8        | check 7        | Unsupported enduser entity type                 | refused by the card provider                              | held by a company of ours                       |

    @id:card-order.all
    Scenario Outline: Where <all> fail at once, check <first> decides
      Given a card program that fails <program>: it is <program is>
      And a wallet that fails <wallet>: it is <wallet is>
      When a card is asked for on that wallet under that program
      Then check <first> decides: "<message>"
      And that has left no card, and the wallet as it was

      Examples:
        | all                                | first | program           | wallet               | message                                         | program is                                                                  | wallet is                                                    |
        | all that can (1, 2, 3, 4, 6, 7, 8) | 1     | checks 1, 2 and 8 | checks 3, 4, 6 and 7 | Invalid program id                              | gone or inactive, of metadata that do not fit, refused by the card provider | not active, linked already, held by another client's company |
        | all from 2 on                      | 2     | checks 2 and 8    | checks 3, 4, 6 and 7 | Invalid metadata                                | of metadata that do not fit, refused by the card provider                   | not active, linked already, held by another client's company |
        | all from 3 on                      | 3     | check 8           | checks 3, 4, 6 and 7 | Invalid or dormant wallet                       | refused by the card provider                                                | not active, linked already, held by another client's company |
        | all from 4 on                      | 4     | check 8           | checks 4, 6 and 7    | Invalid wallet with existing entity association | refused by the card provider                                                | linked already, held by another client's company             |
        | 3, 4 and 5                         | 3     | no check          | checks 3, 4 and 5    | Invalid or dormant wallet                       | in order                                                                    | not active, linked already, without a holder                 |

    @id:card-order.unknown
    Scenario: Where neither program nor wallet exists, check 1 decides
      Given a card program that does not exist
      And a wallet that does not exist
      When a card is asked for on that wallet under that program
      Then check 1 decides: "Invalid program id"

    @id:card-order.unknown-wallet
    Scenario: A wallet that does not exist fails check 3
      Given a card program that fails no check: it is in order
      And a wallet that does not exist
      When a card is asked for on that wallet under that program
      Then check 3 decides: "Invalid or dormant wallet"

  @CARD-CREATE-19 @inferred
  Rule: A creation that fails leaves no card and does not link the wallet
    @id:card-order.no-trace
    Scenario Outline: A creation refused by check <check> leaves no trace
      Given a card program that fails <program>: it is <program is>
      And a wallet that fails <wallet>: it is <wallet is>
      When a card is asked for on that wallet under that program
      Then that has left no card, and the wallet as it was

      Examples:
        | check | program  | wallet   | program is                   | wallet is                       |
        | 1     | check 1  | no check | gone or inactive             | in order                        |
        | 2     | check 2  | no check | of metadata that do not fit  | in order                        |
        | 3     | no check | check 3  | in order                     | not active                      |
        | 4     | no check | check 4  | in order                     | linked already                  |
        | 5     | no check | check 5  | in order                     | without a holder                |
        | 6     | no check | check 6  | in order                     | held by another client's person |
        | 7     | no check | check 7  | in order                     | held by a company of ours       |
        | 8     | check 8  | no check | refused by the card provider | in order                        |

  @ERR-08 @stated
  Rule: Each failed check of card creation has a typical message and a class, "User" or "Runtime"
    @id:card-order.classes
    Scenario Outline: Check <check>, of the class <class>, refuses with its message
      Given a card program that fails <program>: it is <program is>
      And a wallet that fails <wallet>: it is <wallet is>
      When a card is asked for on that wallet under that program
      Then check <check> decides: "<message>"

      Examples:
        | check | class   | program  | wallet   | message                                         | program is                   | wallet is      |
        | 1     | User    | check 1  | no check | Invalid program id                              | gone or inactive             | in order       |
        | 4     | User    | no check | check 4  | Invalid wallet with existing entity association | in order                     | linked already |
        | 8     | Runtime | check 8  | no check | Unable to create card                           | refused by the card provider | in order       |

  @ERR-09 @inferred
  Rule: A failure of class "User" is a 4xx; which one is not stated
    @id:card-order.user
    Scenario Outline: A failure of check <check> is a fault of the caller
      Given a card program that fails <program>: it is <program is>
      And a wallet that fails <wallet>: it is <wallet is>
      When a card is asked for on that wallet under that program
      Then the call is refused as a fault of the caller

      Examples:
        | check | program  | wallet   | program is                  | wallet is                       |
        | 1     | check 1  | no check | gone or inactive            | in order                        |
        | 2     | check 2  | no check | of metadata that do not fit | in order                        |
        | 3     | no check | check 3  | in order                    | not active                      |
        | 4     | no check | check 4  | in order                    | linked already                  |
        | 5     | no check | check 5  | in order                    | without a holder                |
        | 6     | no check | check 6  | in order                    | held by another client's person |
        | 7     | no check | check 7  | in order                    | held by a company of ours       |

  @ERR-10 @inferred
  Rule: A failure of class "Runtime" is a 5xx; which one is not stated
    @id:card-order.runtime
    Scenario: A failure of the provider is a fault at run time
      Given a card program that fails check 8: it is refused by the card provider
      And a wallet that fails no check: it is in order
      When a card is asked for on that wallet under that program
      Then the call is refused as a fault at run time

  @ERR-07 @stated
  Rule: Card creation uses the standard codes, with 400, 401, 403, 404 and 500 named
    @id:card-order.standard-codes
    Scenario Outline: Card creation with <case> is answered <code>
      When we call "Create a new card" with <case>
      Then the call is refused as not authenticated

      Examples:
        | code | case                            |
        | 401  | no token                        |
        | 401  | a token with one letter changed |

  @CARD-ORDER-01 @CARD-PRE-13 @stated
  Rule: Check 1: the program exists and is valid, else "Invalid program id" (User)
    @id:card-order.unknown-program
    Scenario: A program that does not exist fails check 1
      Given a card program that does not exist
      And a wallet that fails no check: it is in order
      When a card is asked for on that wallet under that program
      Then check 1 decides: "Invalid program id"

  @CARD-ORDER-03 @stated
  Rule: Check 3: the wallet exists, is "ACTIVE" and its owner matches, else "Invalid or dormant wallet" (User)
    @id:card-order.inactive-wallet
    Scenario: A wallet that was set inactive fails check 3
      Given a card program that fails no check: it is in order
      And a wallet
      And the wallet's status is changed to "INACTIVE"
      When a card is asked for on that wallet under that program
      Then check 3 decides: "Invalid or dormant wallet"

  @CARD-ORDER-04 @stated
  Rule: Check 4: the wallet has no "external_id", else "Invalid wallet with existing entity association" (User)
    @id:card-order.rivals
    Scenario: Of eight cards asked for at once on one wallet one is made
      Given a wallet
      And a valid request to "Create a new card"
      When the request is sent 8 times at once under a key each
      Then it was done once

    @id:card-order.still-linked
    Scenario: A wallet that has a card takes no second one after it was suspended and is active again
      Given a card
      And the wallet's status is changed to "SUSPENDED"
      And the wallet's status is changed to "ACTIVE"
      When we call "Create a new card"
      Then the call is refused as a fault of the caller
      And the refusal says "Invalid wallet with existing entity association"

  @CARD-ORDER-08 @stated
  Rule: Check 8: the card provider, for example Paymentology, succeeds, else "Unable to create card" (Runtime) or the error of the provider
    @id:card-order.provider-text
    Scenario: A creation that the provider refuses says so
      Given a card program that fails check 8: it is refused by the card provider
      And a wallet that fails no check: it is in order
      When a card is asked for on that wallet under that program
      Then the refusal has a text for people
