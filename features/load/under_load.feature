@load
Feature: The API under load
  What must hold while many requests are under way at once. A run leaves these scenarios out unless it asks for @load;
  "kobcheck load" reads them too, performs each as a plan and has the figures.

  @IDEMP-29 @stated
  Rule: Parallel requests with one key have one effect between them, whatever each is answered (the page names several services or instances that attempt one operation as a use of keys)
    @id:load.storm
    Scenario: A storm of duplicates makes one card for each key
      When 20 keys are each used by 10 copies of one card creation at the same moment
      Then each key has made exactly one card

  @IDEMP-01 @stated
  Rule: Repeating one request under one key has the effect of sending it once: no duplicate resource, charge or transaction
    @id:load.storm-replay
    Scenario: Whoever asks after the storm is answered with what the storm made
      When 20 keys are each used by 10 copies of one manual credit at the same moment
      Then whoever asks later is answered with what was made first

    @id:load.duplicates-at-a-rate
    Scenario: Keys that come again and again at a steady rate make one credit each
      When manual credits are made at 50 a second for 2 seconds, 5 times under each key
      Then whoever asks later is answered with what was made first

  @CARD-ORDER-04 @stated
  Rule: Check 4: the wallet has no "external_id", else "Invalid wallet with existing entity association" (User)
    @id:load.rivals
    Scenario: Of many card creations for one wallet at once one makes a card
      When 8 card creations under different keys reach one wallet at the same moment
      Then one of them has made a card

  @MONEY-06 @inferred
  Rule: A manual credit raises and a manual debit lowers the balance of its wallet by exactly the amount, once per key
    @id:load.credits
    Scenario: Of many credits at once each is on its wallet exactly once
      When 4 wallets get 9 credits each from all sides and send each other money
      Then each credit is on its wallet exactly once

  @MONEY-05 @inferred
  Rule: A transfer between wallets neither makes nor loses money: what one side loses the other gains
    @id:load.transfers
    Scenario: Wallets that send each other money at once hold together what they held
      When 4 wallets get 9 credits each from all sides and send each other money
      Then the wallets hold together what they held

  @MONEY-07 @inferred
  Rule: No amount of a wallet is ever negative, since cards are prepaid and authorised against the balance
    @id:load.overdraft
    Scenario: No wallet is overdrawn, however much is taken from it at once
      When 4 wallets get 9 credits each from all sides and send each other money
      Then no wallet was ever negative

  @MONEY-02 @example
  Rule: "total_amount" equals "amount" plus "reserved_amount"; every sample agrees, no page says so
    @id:load.reads
    Scenario: Every read between movements of money adds up
      When 4 wallets get 9 credits each from all sides and send each other money
      Then every read adds up

  @RATE-07 @stated
  Rule: Occasional spikes count as normal
    @id:load.spike
    Scenario: A short peak is served
      When cards are read at 40 a second for 2 seconds, with a peak of 200 a second for 2 seconds
      Then none is refused
      And none fails

  @RATE-02 @stated
  Rule: All requests are accepted and processed as usual
    @id:load.mixed
    Scenario: A day's mix of reads and writes at a steady pace is served
      When a day's mix of reads and writes is made at 40 a second for 5 seconds
      Then none is refused
      And none fails

    @id:load.reads-at-a-rate
    Scenario: Cards that are read at a steady rate are all answered, and soon
      When cards are read at 200 a second for 10 seconds
      Then none is refused
      And 99 of 100 are answered within 250 ms

    @id:load.ordinary-use
    Scenario: Whoever asks now and then is never refused, whatever a burst is answered
      When a probe asks for a limiter with at most 400 requests at once
      Then ordinary use is not refused

  @RATE-04 @stated
  Rule: Use beyond a reasonable threshold may lead to access being restricted for a time
    @id:load.limiter
    Scenario: The limiter that is found is the one that the operator states
      When a probe asks for a limiter with at most 400 requests at once
      Then the limiter is the one that the operator states

  @HOOK-12 @stated
  Rule: Events are delivered as they occur once a subscription exists
    @id:load.deliveries
    Scenario: Of many events each is delivered, though our receiver fails for a time
      When credits are made at 100 a second for 2 seconds, while our receiver fails for 1 second
      Then each event is delivered

  @HOOK-18 @stated
  Rule: Delivery is retried automatically when the receiver does not answer as expected
    @id:load.deliveries-retried
    Scenario: What our receiver did not take comes again
      When credits are made at 100 a second for 2 seconds, while our receiver fails for 1 second
      Then what our receiver did not take comes again

  @IDEMP-32 @stated
  Rule: With a key, retrying a card creation after a time-out or a network error is safe from duplicates
    @id:load.lost-answers
    Scenario: Requests whose answer was lost are sent again and have one effect
      When the answers to card creations are lost, and they are sent again under their keys
      Then each of them has had one effect
