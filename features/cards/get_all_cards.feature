Feature: Get all cards
  The cards of a client, by time of creation, page by page.

  @CARD-LIST-08 @stated
  Rule: Success is 200 with "application/json"
    @id:cards-list.success
    Scenario: The list is answered 200, in JSON
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

  @CARD-LIST-10 @stated
  Rule: Response header "X-Total-Count" is an integer and optional; sample "10"
    @id:cards-list.total
    Scenario: X-Total-Count counts all cards of a time
      Given three cards made one after another, one before them and one after them
      When we list the cards of that time
      Then the answer's header "X-Total-Count", where there is one, is a whole number
      And the header "X-Total-Count" counts the list of that time

  @CARD-LIST-11 @stated
  Rule: Response header "X-Offset" is an integer and optional; sample "10"
    @id:cards-list.headers
    Scenario Outline: The paging headers are whole numbers
      When we call "Get all cards"
      Then the answer's header "<header>", where there is one, is a whole number

      Examples:
        | header   | requirement  |
        | X-Offset | CARD-LIST-11 |
        | X-Limit  | CARD-LIST-12 |

  @CARD-LIST-06 @CARD-LIST-13 @stated
  Rule: Query "limit" is an optional number; sample "10"
    @id:cards-list.limit
    Scenario: No more cards come back than were asked for
      Given three cards made one after another, one before them and one after them
      When we list the cards of that time with a limit of 2
      Then the list holds no more than 2

  @CARD-LIST-13 @inferred
  Rule: No more than "limit" items come back, and "X-Offset" and "X-Limit", where present, echo what was asked
    @id:cards-list.echo
    Scenario: The paging headers repeat what was asked
      Given three cards made one after another, one before them and one after them
      When we list the cards of that time with a limit of 2 from entry 1 on
      Then the headers "X-Limit" and "X-Offset" repeat what was asked

  @CARD-LIST-14 @inferred
  Rule: "from" and "to" work on "created_at", and "order" sorts by it
    @id:cards-list.range
    Scenario: A range of time holds the cards made in it, and no others
      Given three cards made one after another, one before them and one after them
      When we list the cards of that time
      Then the list holds each of them once
      And the list holds none from before or after that time

    @id:cards-list.from
    Scenario: From a time on
      Given three cards made one after another, one before them and one after them
      When we list the cards from the time of the second one on
      Then the list holds the middle ones
      And the list does not hold the first

    @id:cards-list.to
    Scenario: Up to a time
      Given three cards made one after another, one before them and one after them
      When we list the cards up to the time of the second one
      Then the list holds the earlier ones
      And the list does not hold the later ones

    @id:cards-list.order
    Scenario Outline: In <order> order the <first> comes first
      Given three cards made one after another, one before them and one after them
      When we list the cards of that time in <order> order
      Then the list is sorted by the time of creation, <first> first

      Examples:
        | order      | first  |
        | ascending  | oldest |
        | descending | newest |

  @CARD-LIST-07 @stated
  Rule: Query "order" is optional and is one of "asc", "desc"; sample "asc"
    @id:cards-list.mirror
    Scenario: Both orders mirror each other
      Given three cards made one after another, one before them and one after them
      When we list the cards of that time in ascending order
      And we list the cards of that time in descending order
      Then the descending list is the ascending one turned round

  @CARD-LIST-05 @CARD-LIST-15 @stated
  Rule: Query "offset" is an optional number; sample "0"
    @id:cards-list.pages
    Scenario Outline: Pages of <size> add up to the whole
      Given three cards made one after another, one before them and one after them
      Then the pages of <size> put together are the whole list of that time

      Examples:
        | size |
        | 1    |
        | 2    |

  @CARD-LIST-15 @CARD-LIST-10 @inferred
  Rule: The count in "X-Total-Count" is that of the whole list, not of a page
    @id:cards-list.total-of-the-whole
    Scenario: A page of one entry carries the count of them all
      Given three cards made one after another, one before them and one after them
      When we list the cards of that time with a limit of 1
      Then the header "X-Total-Count" counts the list of that time
