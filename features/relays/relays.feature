Feature: Relays
  One operation takes a URL of the client; nothing says what is sent there.

  @RELAY-03 @IDEMP-23 @stated
  Rule: A relay subscription is created with POST "{prefix}/relays", by handing over a URL of the client
    @id:relays-create.success
    Scenario: A relay subscription is created by handing over a URL
      When we call "Create subscription"
      Then the call succeeds

  @GEN-10 @stated
  Rule: Every Relays answer is JSON
    @id:relays.json
    Scenario: A refusal of the Relays API is JSON too
      Given a valid request to "Create subscription"
      But the request's "url" is left out
      When the request is sent
      Then the call is refused as a fault of the caller
      And the answer's header "Content-Type" is JSON
