Feature: Idempotency
  Six operations take a key. Sent again under the same key, a request is not done again: the caller gets the
  first answer. So a caller that got no answer may simply try once more.

  @IDEMP-02 @stated
  Rule: Every POST operation that supports idempotency requires the header "Idempotency-Key"
    @id:idempotency.key-required
    Scenario Outline: <operation> is refused without a key
      Given a valid request to "<operation>"
      But the request's key is left out
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation                        | requirement |
        | Create a new card                | IDEMP-10    |
        | Replace or renew card            | IDEMP-14    |
        | Generate card secret             | IDEMP-15    |
        | Create a transaction             | IDEMP-16    |
        | Create manual credit transaction | IDEMP-17    |
        | Create manual debit transaction  | IDEMP-18    |

  @IDEMP-31 @inferred
  Rule: An operation that requires the key refuses a request without it, with a 4xx
    @id:idempotency.key-empty
    Scenario Outline: <operation> is refused with an empty key
      Given a valid request to "<operation>"
      But the request's key is empty
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation                        |
        | Create a new card                |
        | Replace or renew card            |
        | Generate card secret             |
        | Create a transaction             |
        | Create manual credit transaction |
        | Create manual debit transaction  |

  @IDEMP-01 @stated
  Rule: Repeating one request under one key has the effect of sending it once: no duplicate resource, charge or transaction
    @id:idempotency.no-second-effect
    Scenario Outline: <operation> sent twice under one key is done once
      Given a valid request to "<operation>"
      And the request is sent
      When the request is sent again with the same key
      Then it was done once

      Examples:
        | operation                        |
        | Create a new card                |
        | Replace or renew card            |
        | Generate card secret             |
        | Create a transaction             |
        | Create manual credit transaction |
        | Create manual debit transaction  |

    @id:idempotency.new-token
    Scenario: A request that is repeated with a token given since is done once
      Given a valid request to "Create manual credit transaction"
      And the request is sent
      When the request is sent again with the same key and a new token
      Then it was done once

    @id:idempotency.key-whole
    Scenario: Two keys that differ at their end alone are two keys
      Given a valid request to "Create manual credit transaction"
      When the request is sent
      And the request is sent again with a key that differs at its end alone
      Then the answers name different transactions

    @id:idempotency.key-each-digit
    Scenario: Two keys that differ in one digit, whichever, are two keys
      Given a valid request to "Create manual credit transaction"
      When the request is sent
      And the request is sent again with each key that differs in one digit
      Then the answers name different transactions

  @IDEMP-05 @IDEMP-04 @IDEMP-08 @stated
  Rule: A later request with that key gets the cached response and is not processed again
    @id:idempotency.replay
    Scenario Outline: A repeat of <operation> gets the first answer
      Given a valid request to "<operation>"
      And the request is sent
      When the request is sent again with the same key
      Then both answers are the same

      Examples:
        | operation                        |
        | Create a new card                |
        | Replace or renew card            |
        | Generate card secret             |
        | Create a transaction             |
        | Create manual credit transaction |
        | Create manual debit transaction  |

  @IDEMP-28 @inferred
  Rule: A replayed response has the status and the body of the first one, value for value
    @id:idempotency.replay-later
    Scenario Outline: A repeat of <operation> after another repeat still gets the first answer
      Given a valid request to "<operation>"
      And the request is sent
      And the request is sent again with the same key
      When the request is sent again with the same key
      Then both answers are the same

      Examples:
        | operation                        |
        | Create a new card                |
        | Create manual credit transaction |

  @IDEMP-11 @stated
  Rule: The same key sent again to create a card, within the window, returns the same card and creates no second one
    @id:idempotency.same-card
    Scenario: The same key returns the same card and makes no second one
      Given a valid request to "Create a new card"
      And the request is sent
      When the request is sent again with the same key
      Then the answers name the same card
      And it was done once

  @IDEMP-32 @stated
  Rule: With a key, retrying a card creation after a time-out or a network error is safe from duplicates
    @id:idempotency.retry-is-safe
    Scenario: A creation that is retried does not run into its own card
      Given a valid request to "Create a new card"
      And the request is sent
      When the request is sent again with the same key
      Then the call succeeds
      And the answers name the same card

  @IDEMP-29 @stated
  Rule: Parallel requests with one key have one effect between them, whatever each is answered (the page names several services or instances that attempt one operation as a use of keys)
    @id:idempotency.at-once
    Scenario Outline: <operation> sent <copies> times at once under one key is done once
      Given a valid request to "<operation>"
      When the request is sent <copies> times at once under one key
      Then the answers name the same <thing>
      And it was done once

      Examples:
        | operation                        | thing       | copies |
        | Create a new card                | card        | 24     |
        | Create manual credit transaction | transaction | 120    |
        | Create a transaction             | transaction | 80     |
        | Create manual debit transaction  | transaction | 60     |
        | Replace or renew card            | card        | 12     |

  @IDEMP-30 @inferred
  Rule: A key sent again with other data never has a second effect, whatever it is answered (C-13)
    @id:idempotency.other-data
    Scenario Outline: <operation> under a used key with other data has no second effect
      Given a valid request to "<operation>"
      And the request is sent
      When the request is sent again with the same key and "<field>" changed to <value>
      Then it was done once

      Examples:
        | operation                        | field  | value |
        | Create manual credit transaction | amount | 7777  |
        | Create manual debit transaction  | amount | 77    |
        | Create a transaction             | amount | 77    |

    @id:idempotency.other-data-at-once
    Scenario Outline: <operation> at once under one key with two sets of data is done once
      Given a valid request to "<operation>"
      When the request is sent 40 times at once under one key, in turn with "<field>" changed to <value>
      Then it was done once

      Examples:
        | operation                        | field  | value |
        | Create manual credit transaction | amount | 7777  |
        | Create manual debit transaction  | amount | 77    |

    @id:idempotency.other-wallet
    Scenario: A used key with another wallet makes no second card
      Given a valid request to "Create a new card"
      And the request is sent
      When the request is sent again with the same key for another wallet
      Then it was done once

    @id:idempotency.other-card @gap:C-13
    Scenario: What a used key is answered for another card is recorded
      Given a valid request to "Generate card secret"
      And the request is sent
      When the request is sent again with the same key for another card
      Then what the target does here is recorded

  @IDEMP-19 @standard
  Rule: The header name is matched without regard to letter case, since HTTP field names are; the pages use both spellings
    @id:idempotency.header-case
    Scenario Outline: The header may be written <spelling>
      Given a valid request to "Create manual credit transaction"
      But the request's key is in the header "<spelling>"
      When the request is sent
      Then the call succeeds

      Examples:
        | case                           | spelling        |
        | as the idempotency page has it | Idempotency-Key |
        | as the card pages have it      | idempotency-key |
        | in capitals                    | IDEMPOTENCY-KEY |

  @OWN-07 @inferred
  Rule: A key belongs to the client that sent it: another client is never given its answer
    @id:idempotency.other-client
    Scenario: Another client's own request under our key is not answered with ours
      Given a valid request to "Create manual credit transaction"
      And the request is sent
      When another client calls "Create manual credit transaction" with the key of the first request
      Then the answer is not that of the first request

    @id:idempotency.other-client-same-data
    Scenario: Another client that sends our very request under our key is not given our card
      Given a valid request to "Create a new card"
      And the request is sent
      When the request is sent again with the same key by another client
      Then the answer is not that of the first request

    @id:idempotency.other-client-each
    Scenario Outline: Another client's own request to <operation> under our key is not answered with ours
      Given a valid request to "<operation>"
      And the request is sent
      When another client calls "<operation>" with the key of the first request
      Then the answer is not that of the first request

      Examples:
        | operation             |
        | Create a new card     |
        | Replace or renew card |
        | Generate card secret  |

    @id:idempotency.two-clients-at-once
    Scenario Outline: Two clients that call <operation> at once under one key each get their own
      Given a valid request to "<operation>"
      When the request is sent <copies> times at once under one key, in turn with another client's own
      Then no client is given the other's <thing>

      Examples:
        | operation                        | thing       | copies |
        | Create a new card                | card        | 4      |
        | Create manual credit transaction | transaction | 60     |

  @AUTH-29 @inferred
  Rule: A key does not stand in for a token
    @id:idempotency.replay-needs-token
    Scenario: A repeat without a token is refused
      Given a valid request to "Create a new card"
      And the request is sent
      When the request is sent again with the same key and no token
      Then the call is refused as not authenticated

  @IDEMP-06 @stated
  Rule: A key is only reused with the operation and the request data that it was first sent with
    @id:idempotency.other-operation
    Scenario: A used key on another operation is not answered with the first answer
      Given a valid request to "Create manual credit transaction"
      And the request is sent
      When we call "Create a new card" with the key of the first request
      Then the answer is not that of the first request

    @id:idempotency.other-operation-each
    Scenario Outline: The key of <first> on <other> is not answered with the first answer
      Given a valid request to "<first>"
      And the request is sent
      When we call "<other>" with the key of the first request
      Then the answer is not that of the first request

      Examples:
        | first                            | other                            |
        | Create manual credit transaction | Create manual debit transaction  |
        | Replace or renew card            | Generate card secret             |

  @IDEMP-07 @IDEMP-13 @stated
  Rule: A caller makes a new UUID for each distinct operation
    @id:idempotency.new-key
    Scenario: The same data under a new key is a request of its own
      Given a valid request to "Create manual credit transaction"
      And the request is sent
      When the request is sent again with a new key
      Then the answers name different transactions

  @IDEMP-03 @stated
  Rule: The key must be a valid UUID v4, such as "550e8400-e29b-41d4-a716-446655440000"
    @id:idempotency.odd-key @gap:C-10
    Scenario Outline: What a key that is <key> is answered is recorded
      Given a valid request to "Create manual credit transaction"
      But the request's key is <key>
      When the request is sent
      Then what the target does here is recorded

      Examples:
        | key                 |
        | no UUID             |
        | a UUID of version 1 |
        | the nil UUID        |
        | in upper case       |
        | in quotes           |
        | longer than any key |

  @HARNESS-11 @inferred
  Rule: A refused request changes nothing
    @id:idempotency.keyless-moves-no-money
    Scenario Outline: <operation> with a key that is <key> moves no money where it is refused
      Given a <wallet>
      And the wallet is noted
      And a valid request to "<operation>"
      But the request's key is <key>
      When the request is sent
      Then the call is refused as a fault of the caller
      And the wallet holds what it held before

      Examples:
        | operation                        | wallet        | key      |
        | Create a transaction             | wallet        | left out |
        | Create a transaction             | wallet        | empty    |
        | Create manual credit transaction | wallet        | left out |
        | Create manual credit transaction | wallet        | empty    |
        | Create manual debit transaction  | funded wallet | left out |
        | Create manual debit transaction  | funded wallet | empty    |

    @id:idempotency.keyless-leaves-it
    Scenario Outline: <operation> with a key that is <key> leaves the <thing> as it was where it is refused
      Given a <thing>
      And the <thing> is noted
      And a valid request to "<operation>"
      But the request's key is <key>
      When the request is sent
      Then the call is refused as a fault of the caller
      And the <thing> is as it was

      Examples:
        | operation             | thing  | key      |
        | Create a new card     | wallet | left out |
        | Create a new card     | wallet | empty    |
        | Replace or renew card | card   | left out |
        | Replace or renew card | card   | empty    |
