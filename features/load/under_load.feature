@load
Feature: The API under load
  What must hold while many requests are under way at once. These scenarios perform the plans of
  "kobcheck load" and are left out of a run unless it asks for @load; "kobcheck load" has the figures.

  @IDEMP-29 @stated
  Rule: Parallel requests with one key have one effect between them, whatever each is answered (the page names several services or instances that attempt one operation as a use of keys)
    @id:load.storm
    Scenario: A storm of duplicates makes one card and one credit for each key
      When the load plan "idempotency" is performed
      Then what the plan held for "IDEMP-29" is so

  @IDEMP-01 @stated
  Rule: Repeating one request under one key has the effect of sending it once: no duplicate resource, charge or transaction
    @id:load.storm-replay
    Scenario: Whoever asks after the storm is answered with what the storm made
      When the load plan "idempotency" is performed
      Then what the plan held for "IDEMP-01" is so

  @MONEY-06 @inferred
  Rule: A manual credit raises the balance of its wallet by exactly the amount, once per key
    @id:load.credits
    Scenario: Of many credits at once each is on its wallet exactly once
      When the load plan "ledger" is performed
      Then what the plan held for "MONEY-06" is so

  @MONEY-05 @inferred
  Rule: A transfer between wallets neither makes nor loses money
    @id:load.transfers
    Scenario: Wallets that send each other money at once hold together what they held
      When the load plan "ledger" is performed
      Then what the plan held for "MONEY-05" is so

  @MONEY-07 @inferred
  Rule: No amount of a wallet is ever negative
    @id:load.overdraft
    Scenario: Of transfers at once that together are more than a wallet holds only one passes
      When the load plan "ledger" is performed
      Then what the plan held for "MONEY-07" is so

  @MONEY-02 @example
  Rule: "total_amount" equals "amount" plus "reserved_amount"; every sample agrees, no page says so
    @id:load.reads
    Scenario: Every read between movements of money adds up
      When the load plan "ledger" is performed
      Then what the plan held for "MONEY-02" is so

  @RATE-07 @stated
  Rule: Occasional spikes count as normal
    @id:load.spike
    Scenario: A short peak is served
      When the load plan "spike" is performed
      Then the plan misses none of its gates

  @RATE-02 @stated
  Rule: All requests are accepted and processed as usual
    @id:load.mixed
    Scenario: A day's mix of reads and writes at a steady pace is served
      When the load plan "mixed" is performed
      Then the plan misses none of its gates

  @RATE-04 @stated
  Rule: Use beyond a reasonable threshold may lead to access being restricted for a time
    @id:load.limiter
    Scenario: The limiter that is found is the one that the operator states
      When the load plan "rate-limit" is performed
      Then what the plan held for "RATE-04" is so, where the operator states a limit

  @HOOK-12 @stated
  Rule: Events are delivered as they occur once a subscription exists
    @id:load.deliveries
    Scenario: Of many events each is delivered, though our receiver fails for a time
      When the load plan "deliveries" is performed
      Then what the plan held for "HOOK-12" is so

  @HOOK-18 @stated
  Rule: Delivery is retried automatically when the endpoint does not answer as expected
    @id:load.deliveries-retried
    Scenario: What our receiver did not take comes again
      When the load plan "deliveries" is performed
      Then what the plan held for "HOOK-18" is so

  @IDEMP-32 @stated
  Rule: With a key, retrying a card creation after a time-out or a network error is safe from duplicates
    @id:load.lost-answers
    Scenario: Requests whose answer was lost are sent again and have one effect
      When the load plan "lost-answers" is performed
      Then what the plan held for "IDEMP-32" is so
