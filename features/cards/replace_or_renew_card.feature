Feature: Replace or renew card
  A card is replaced, or its term renewed; what becomes of the old one is stated nowhere.

  @CARD-RENEW-01 @CARD-RENEW-06 @CARD-RENEW-07 @stated
  Rule: A card is replaced or renewed with POST "{prefix}/cards/{id}/{action}"
    @id:cards-renew.success
    Scenario: A card is replaced or renewed at its documented address
      When we call "Replace or renew card"
      Then the call succeeds

  @CARD-04 @stated
  Rule: A card can be replaced and can be renewed
    @id:cards-renew.actions
    Scenario Outline: A card can be <done>
      Given an active card
      And a valid request to "Replace or renew card"
      And the request's "action" in the address is "<action>"
      When the request is sent
      Then the call succeeds

      Examples:
        | action  | done     |
        | replace | replaced |
        | renew   | renewed  |

  @CARD-RENEW-03 @stated
  Rule: Path "action" (string) is required and is "replace" or "renew"; it decides which of the two is done
    Background:
      Given an active card
      And a valid request to "Replace or renew card"

    @id:cards-renew.other-action
    Scenario: Any other action is refused
      Given the request's "action" in the address is "reprint"
      When the request is sent
      Then the call is refused as a fault of the caller

    @id:cards-renew.both-actions
    Scenario Outline: The action <action> is taken
      Given the request's "action" in the address is "<action>"
      When the request is sent
      Then the call succeeds

      Examples:
        | action  |
        | replace |
        | renew   |

  @CARD-CREATE-20 @inferred
  Rule: After success the wallet has an "external_id", so that a second card on it fails check 4
    @id:cards-renew.keeps-wallet
    Scenario: The wallet of a card that was replaced takes no second one
      Given an active card
      When we call "Replace or renew card"
      Then the call succeeds
      When we call "Create a new card"
      Then the refusal says "Invalid wallet with existing entity association"

  @HARNESS-12 @inferred
  Rule: What was created reads back equal, field by field
    @id:cards-renew.reads-back
    Scenario: The card that a replacement answers reads back equal
      Given an active card
      When we call "Replace or renew card"
      Then the card of the answer reads back equal
