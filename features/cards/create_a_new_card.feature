Feature: Create a new card
  A card is issued on an active wallet of a person, under a valid card program.

  @CARD-CREATE-08 @stated
  Rule: Success is 201 Created
    @id:cards-create.created
    Scenario: A card is issued for a person's wallet
      Given a wallet
      And a program
      When we call "Create a new card"
      Then the answer is 201 Created
      And the call succeeds

  @CARD-CREATE-09 @stated
  Rule: The success body is "application/json"
    @id:cards-create.media-type
    Scenario: The new card is JSON
      When we call "Create a new card"
      Then the call succeeds
      And the answer's header "Content-Type" is JSON

  @CARD-CREATE-10 @stated
  Rule: The success body is the Card that was created
    @id:cards-create.card
    Scenario: The answer is the card that was created
      When we call "Create a new card"
      Then the answer is a Card
      And the card reads back equal

  @CARD-CREATE-11 @stated
  Rule: The Card returned has at least "id", "wallet_id", "program_id", "status", "external_id", "last_four_digit" and "expiry"
    @id:cards-create.fields
    Scenario: The new card tells what a caller needs
      When we call "Create a new card"
      Then the answer has "id", "wallet_id", "program_id", "status", "external_id", "last_four_digit" and "expiry"
      And the answer's "expiry" is in the future

  @CARD-CREATE-12 @example
  Rule: A new card has status "INACTIVE"
    @id:cards-create.inactive
    Scenario: A new card is inactive
      When we call "Create a new card"
      Then the answer's "status" is "INACTIVE"

  @CARD-CREATE-13 @example
  Rule: A new card has type "VIRTUAL"
    @id:cards-create.virtual
    Scenario: A new card is virtual
      When we call "Create a new card"
      Then the answer's "type" is "VIRTUAL"

  @CARD-CREATE-14 @example
  Rule: The card returned carries the "wallet_id" and "program_id" that were sent (C-26)
    @id:cards-create.echo
    Scenario: The new card names its wallet and its program
      Given a wallet
      And a program
      When we call "Create a new card"
      Then the answer's "wallet_id" is the wallet
      And the answer's "program_id" is the program

  @CARD-CREATE-01 @stated
  Rule: A card is created with POST "{prefix}/cards": "/customers/v1/cards" in edition v1, "/api/cards" in edition guide
    @id:cards-create.address
    Scenario: A card is created at its documented address
      When we call "Create a new card"
      Then the call succeeds

  @CARD-CREATE-07 @stated
  Rule: "wallet_id" and "program_id" are UUIDs
    @id:cards-create.no-uuid
    Scenario Outline: A "<field>" that is no UUID is refused
      Given a valid request to "Create a new card"
      But the request's "<field>" is malformed
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | field      |
        | wallet_id  |
        | program_id |

  @CARD-CREATE-20 @inferred
  Rule: After success the wallet has an "external_id", so that a second card on it fails check 4
    @id:cards-create.links-wallet
    Scenario: The wallet of the new card takes no second one
      Given a card
      Then the wallet is linked to the card
      When we call "Create a new card"
      Then the refusal says "Invalid wallet with existing entity association"

  @CARD-CREATE-18 @stated
  Rule: After creation the card may be activated or managed through Update card status
    @id:cards-create.activate
    Scenario: A new card can be activated
      Given a card
      When the card's status is changed to "ACTIVE"
      Then the call succeeds
      And the card reads back with the "status" "ACTIVE"

  @HARNESS-13 @inferred
  Rule: What was created appears in the list of its kind
    @id:cards-create.in-list
    Scenario: A new card is in the list
      Given a card
      Then the card is in the list
