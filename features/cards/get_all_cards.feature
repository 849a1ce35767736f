Feature: Get all cards
  The cards of a client, by time of creation, page by page.

  @CARD-LIST-08 @stated
  Rule: Success is 200 with "application/json"
    @id:cards-list.success
    Scenario: The list of cards is answered 200, in JSON
      When we call "Get all cards"
      Then the answer is 200 OK
      And the answer's header "Content-Type" is JSON

  @CARD-LIST-09 @stated
  Rule: The body is a bare array of Card, with no envelope
    @id:cards-list.bare
    Scenario: The list is a bare array of cards
      Given a card
      When we call "Get all cards"
      Then the answer is a list of Cards

  @CARD-LIST-01 @stated
  Rule: Cards are listed with GET "{prefix}/cards"
    @id:cards-list.address
    Scenario: Cards are listed at the documented address
      Given a card
      Then the card is in the list

  @CARD-LIST-11 @stated
  Rule: Response header "X-Offset" is an integer and optional; sample "10"
    @id:cards-list.headers
    Scenario Outline: The paging header <header> is a whole number
      When we call "Get all cards"
      Then the answer's header "<header>", where there is one, is a whole number

      Examples:
        | header   | requirement  |
        | X-Offset | CARD-LIST-11 |
        | X-Limit  | CARD-LIST-12 |
