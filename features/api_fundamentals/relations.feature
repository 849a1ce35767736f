Feature: Relations between lists
  What holds between the answers of one list, whatever is in it. No page says so; who reads a list page by page,
  or day by day, relies on it.

  @HARNESS-23 @inferred
  Rule: Who walks through the pages of a list, oldest first, meets each entry that was there before once, also while others make new ones
    @id:relations.cards-walk
    Scenario Outline: No card is missed or met twice on pages of <size> while new ones are made
      Given three cards made one after another, one before them and one after them
      When we walk through the pages of <size>, oldest first, and another card is made after each page
      Then the list holds all that were there before once

      Examples:
        | size |
        | 2    |
        | 3    |

    @id:relations.transactions-walk
    Scenario: No transaction is missed or met twice while new ones are made
      Given four credits made one after another on one wallet
      When we walk through the pages of 1, oldest first, and another transaction is made after each page
      Then the list holds all that were there before once

  @CARD-LIST-03 @CARD-LIST-04 @HARNESS-24 @stated
  Rule: Query "from" is an optional date-time
    @id:relations.cards-narrower
    Scenario: The cards of the later part of a time are among those of the whole
      Given three cards made one after another, one before them and one after them
      When we list the cards of that time
      And we list the cards of the later part of that time
      Then the list is part of the one before

  @TXN-06 @TXN-07 @HARNESS-24 @stated
  Rule: Listing: query "from" is an optional date-time
    @id:relations.transactions-narrower
    Scenario: The transactions of the later part of a time are among those of the whole
      Given four credits made one after another on one wallet
      When we list the transactions of that time
      And we list the transactions of the later part of that time
      Then the list is part of the one before

  @stated
  Rule: A range of time in which nothing can be lists nothing, whichever of its times a list goes by
    @id:relations.empty-range
    Scenario Outline: <operation> with "<parameter>" <value> lists nothing
      Given a <thing>
      And a valid request to "<operation>"
      But the request's query "<parameter>" is "<value>"
      When the request is sent
      Then the list is empty

      Examples:
        | operation            | thing       | parameter | value                    | requirement  |
        | Get all cards        | card        | from      | 2999-01-01T00:00:00.000Z | CARD-LIST-03 |
        | Get all cards        | card        | to        | 2001-01-01T00:00:00.000Z | CARD-LIST-04 |
        | Get all transactions | transaction | from      | 2999-01-01T00:00:00.000Z | TXN-06       |
        | Get all transactions | transaction | to        | 2001-01-01T00:00:00.000Z | TXN-07       |

  @CARD-LIST-05 @CARD-LIST-03 @CARD-LIST-04 @CARD-LIST-06 @CARD-LIST-07 @stated
  Rule: Query "offset" is an optional number; sample "0"
    @id:relations.cards-parts
    Scenario: Whatever part of the list of cards is asked for is that part of the whole
      Given three cards made one after another, one before them and one after them
      When we ask for parts of the list of those, by its parameters together
      Then each part is that part of the whole

  @TXN-03 @TXN-02 @TXN-04 @TXN-05 @TXN-06 @TXN-07 @stated
  Rule: Listing: query "offset" is an optional number
    @id:relations.transactions-parts
    Scenario: Whatever part of the transactions of a wallet is asked for is that part of the whole
      Given four credits made one after another on one wallet
      When we ask for parts of the list of those, by its parameters together
      Then each part is that part of the whole

  @TXN-02 @stated
  Rule: Listing: query "wallet" (string) is optional and is a wallet id
    @id:relations.transactions-none
    Scenario: Whatever part of the transactions of a wallet without any is asked for is empty
      Given a wallet
      When we ask for parts of the list of the wallet, by its parameters together
      Then each part is empty
