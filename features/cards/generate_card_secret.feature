Feature: Generate card secret
  A secret that follows from the card and the time.

  @CARD-SECRET-01 @CARD-05 @stated
  Rule: A secret is made with POST "{prefix}/cards/{id}/secrets"
    @id:cards-secret.made
    Scenario: A secret is made for a card
      When we call "Generate card secret"
      Then the call succeeds

  @CARD-SECRET-06 @stated
  Rule: Success is 200 with "application/json"
    @id:cards-secret.success
    Scenario: The secret is answered 200, in JSON
      When we call "Generate card secret"
      Then the answer is 200 OK
      And the answer's header "Content-Type" is JSON

  @CARD-SECRET-07 @stated
  Rule: The body is an object with the required string "secret"
    @id:cards-secret.shape
    Scenario: The answer has the secret
      When we call "Generate card secret"
      Then the answer is a CardSecret
      And the answer's "secret" is a plain text, not empty

  @CARD-SECRET-08 @stated
  Rule: The secret is time-based
    @id:cards-secret.changes
    Scenario: Two secrets made one after the other differ
      Given a card
      When we call "Generate card secret"
      And a moment passes
      And we call "Generate card secret"
      Then the two secrets differ

  @CARD-SECRET-09 @example
  Rule: The secret may hold characters that JSON must escape, such as a backslash; the sample is ten characters long
    @id:cards-secret.escapes
    Scenario: Ten secrets are all strict JSON
      Given a card
      When we call "Generate card secret" 10 times
      Then each of them is strict JSON
