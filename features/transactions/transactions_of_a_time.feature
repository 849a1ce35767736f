Feature: Transactions of a time, in order and page by page
  How "from", "to", "order", "limit" and "offset" narrow the list of transactions.

  Background:
    Given four credits made one after another on one wallet

  @TXN-04 @stated
  Rule: Listing: query "limit" is an optional number
    @id:transactions-list.limit
    Scenario: No more transactions come back than were asked for
      When we list the transactions of that time with a limit of 1
      Then the list holds no more than 1

    @id:transactions-list.pages @TXN-03
    Scenario: Pages of one transaction add up to the whole
      When we read that list in pages of 1
      Then the pages put together are that list

  @TXN-05 @stated
  Rule: Listing: query "order" is optional, with the values "asc" and "desc"
    @id:transactions-list.order
    Scenario Outline: In <order> order the <first> of the transactions comes first
      When we list the transactions of that time in <order> order
      Then the list is sorted by the time of creation, <first> first

      Examples:
        | order      | first  |
        | ascending  | oldest |
        | descending | newest |

    @id:transactions-list.mirror
    Scenario: The descending list of transactions is the ascending one turned round
      When we list the transactions of that time in ascending order
      And we list the transactions of that time in descending order
      Then the list is the one before turned round

  @TXN-06 @stated
  Rule: Listing: query "from" is an optional date-time
    @id:transactions-list.zone
    Scenario: A time of transactions in another zone is the same time
      When we list the transactions from the time of the second one on, in another zone
      Then the list holds the middle ones

    @id:transactions-list.from
    Scenario: Transactions from a time on: earlier ones are left out
      When we list the transactions from the time of the second one on
      Then the list holds the middle ones
      And the list does not hold the first

  @TXN-07 @stated
  Rule: Listing: query "to" is an optional date-time
    @id:transactions-list.to
    Scenario: Transactions up to a time: later ones are left out
      When we list the transactions up to the time of the second one
      Then the list holds the earlier ones
      And the list does not hold the last
