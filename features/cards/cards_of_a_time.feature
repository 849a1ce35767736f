Feature: Cards of a time, in order and page by page
  How "from", "to", "order", "limit" and "offset" narrow the list of cards.

  Background:
    Given three cards made one after another, one before them and one after them

  @CARD-LIST-10 @stated
  Rule: Response header "X-Total-Count" is an integer and optional; sample "10"
    @id:cards-list.total
    Scenario: X-Total-Count counts all cards of a time
      When we list the cards of that time
      Then the answer's header "X-Total-Count", where there is one, is a whole number
      And the paging headers count the list of that time

  @CARD-LIST-03 @STD-19 @stated
  Rule: Query "from" is an optional date-time
    @id:cards-list.zone
    Scenario: A time of cards in another zone is the same time
      When we list the cards from the time of the second one on, in another zone
      Then the list holds the middle ones

  @CARD-LIST-06 @CARD-LIST-13 @stated
  Rule: Query "limit" is an optional number; sample "10"
    @id:cards-list.limit
    Scenario: No more cards come back than were asked for
      When we list the cards of that time with a limit of 2
      Then the list holds no more than 2

  @CARD-LIST-13 @inferred
  Rule: No more than "limit" items come back, and "X-Offset" and "X-Limit", where present, echo what was asked
    @id:cards-list.echo
    Scenario: The paging headers repeat what was asked
      When we list the cards of that time with a limit of 2 from entry 1 on
      Then the paging headers repeat what was asked

  @CARD-LIST-14 @inferred
  Rule: "from" and "to" work on "created_at", and "order" sorts by it
    @id:cards-list.range
    Scenario: A range of time holds the cards made in it, and no others
      When we list the cards of that time
      Then the list holds each of them once
      And the list does not hold any from before or after

    @id:cards-list.from
    Scenario: Cards from a time on: earlier ones are left out
      When we list the cards from the time of the second one on
      Then the list holds the middle ones
      And the list does not hold the first

    @id:cards-list.to
    Scenario: Cards up to a time: later ones are left out
      When we list the cards up to the time of the second one
      Then the list holds the earlier ones
      And the list does not hold the later ones

    @id:cards-list.order
    Scenario Outline: In <order> order the <first> of the cards comes first
      When we list the cards of that time in <order> order
      Then the list is sorted by the time of creation, <first> first

      Examples:
        | order      | first  |
        | ascending  | oldest |
        | descending | newest |

  @CARD-LIST-07 @stated
  Rule: Query "order" is optional and is one of "asc", "desc"; sample "asc"
    @id:cards-list.mirror
    Scenario: The descending list of cards is the ascending one turned round
      When we list the cards of that time in ascending order
      And we list the cards of that time in descending order
      Then the list is the one before turned round

  @CARD-LIST-05 @CARD-LIST-15 @stated
  Rule: Query "offset" is an optional number; sample "0"
    @id:cards-list.pages
    Scenario Outline: Pages of <size> add up to the whole
      When we read that list in pages of <size>
      Then the pages put together are that list

      Examples:
        | size |
        | 1    |
        | 2    |

  @CARD-LIST-15 @CARD-LIST-10 @inferred
  Rule: The count in "X-Total-Count" is that of the whole list, not of a page
    @id:cards-list.total-of-the-whole
    Scenario: A page of one entry carries the count of them all
      When we list the cards of that time with a limit of 1
      Then the paging headers count the list of that time
