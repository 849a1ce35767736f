Feature: Get card by ID
  One card, by its id.

  @CARD-GET-01 @stated
  Rule: A card is read with GET "{prefix}/cards/{id}"
    @id:cards-get.success
    Scenario: A card is read at its documented address
      When we call "Get card by ID"
      Then the call succeeds

  @CARD-GET-02 @stated
  Rule: The answer is the details of the one card that has that id
    @id:cards-get.equal
    Scenario: The answer is the card of that id
      Given a card
      And another card
      Then the card reads back equal

  @CARD-GET-04 @inferred
  Rule: The body is one Card object
    @id:cards-get.card
    Scenario: The answer is one card
      When we call "Get card by ID"
      Then the answer is a Card

  @ERR-01 @stated
  Rule: The Cards API uses 200 for success
    @id:cards.success-200
    Scenario Outline: <operation> answers 200 for success
      When we call "<operation>"
      Then the answer is 200 OK

      Examples:
        | operation            |
        | Get all cards        |
        | Get card by ID       |
        | Generate card secret |
