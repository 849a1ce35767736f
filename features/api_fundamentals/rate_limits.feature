Feature: Rate limits
  No figure is published. At the pace of this run, which is far from any burst, every request is to be served.

  @RATE-02 @RATE-01 @stated
  Rule: All requests are accepted and processed as usual
    @id:rate.ordinary-use
    Scenario: Ten reads one after another are all served
      When we call "Get all cards" 10 times
      Then each of them succeeds

  @RATE-07 @stated
  Rule: Occasional spikes count as normal
    @id:rate.small-spike
    Scenario: A small spike is served
      When we call "Get all cards" 8 times at once
      Then each of them succeeds

  @HARNESS-22 @inferred
  Rule: Answers do not take longer and longer while a caller makes one call after another
    @id:rate.no-slowing
    Scenario: Forty reads one after another take about as long at the end as at the beginning
      When we call "Get all programs" 40 times
      Then each of them succeeds
      And the answers do not take longer and longer
