Feature: Update card status
  A card is activated, suspended, or reported stolen.

  @CARD-STATUS-01 @IDEMP-25 @stated
  Rule: A card status is changed with PATCH "{prefix}/cards/{id}/status"
    @id:cards-status.success
    Scenario: A status is changed at its documented address
      When we call "Update card status"
      Then the call succeeds

  @CARD-STATUS-06 @stated
  Rule: "ACTIVE", "SUSPENDED" and "STOLEN" are named as values, as examples and not as a closed list (C-22)
    @id:cards-status.values
    Scenario Outline: A card can be set to <status>
      Given <start>
      When the card's status is changed to "<status>"
      Then the call succeeds
      And the card reads back with the "status" "<status>"

      Examples:
        | start          | status    |
        | a card         | ACTIVE    |
        | an active card | SUSPENDED |
        | an active card | STOLEN    |

    @id:cards-status.changes @gap:N-27
    Scenario Outline: What a change from <from> to <to> is answered is recorded
      Given a card
      And the card's status is changed to "<from>"
      When the card's status is changed to "<to>"
      Then what the target does here is recorded

      Examples:
        | from      | to        |
        | ACTIVE    | ACTIVE    |
        | ACTIVE    | SUSPENDED |
        | ACTIVE    | STOLEN    |
        | ACTIVE    | INACTIVE  |
        | ACTIVE    | PENDING   |
        | SUSPENDED | ACTIVE    |
        | SUSPENDED | SUSPENDED |
        | SUSPENDED | STOLEN    |
        | SUSPENDED | INACTIVE  |
        | SUSPENDED | PENDING   |
        | STOLEN    | ACTIVE    |
        | STOLEN    | SUSPENDED |
        | STOLEN    | STOLEN    |
        | STOLEN    | INACTIVE  |
        | STOLEN    | PENDING   |

  @CARD-STATUS-07 @inferred
  Rule: A later read of the card shows the new status and a newer "updated_at"
    @id:cards-status.persists
    Scenario: A later read shows the new status and a newer time
      Given a card
      And a moment passes
      When the card's status is changed to "ACTIVE"
      Then the card reads back with the "status" "ACTIVE"
      And the card's "updated_at" is later than before
