Feature: Webhook deliveries
  What a subscriber is sent: a handshake first, then a signed notification of each event, in the form of
  Amazon SNS. It takes an address under which the API reaches the run.

  @HOOK-13 @HOOK-14 @stated
  Rule: On creation Kobble sends a subscription confirmation request to the address of the subscription
    @id:deliveries.confirmation
    Scenario: A new subscription is asked to confirm
      Given a webhook that reaches us
      Then a request to confirm the webhook arrives

  @HOOK-15 @SNS-14 @stated
  Rule: The receiver confirms with an HTTP GET to "SubscribeURL", and 200 OK is returned (C-32)
    @id:deliveries.handshake
    Scenario: A subscription whose handshake is answered is told of what happens
      Given a webhook that reaches us
      And a request to confirm the webhook arrives
      When we confirm the webhook
      And something happens to tell of
      Then the webhook is told of it

  @HOOK-16 @SNS-13 @stated
  Rule: No live event is delivered before the handshake is complete
    @id:deliveries.nothing-before
    Scenario: What happens before the handshake is not told before it
      Given a webhook that reaches us
      And a request to confirm the webhook arrives
      And another confirmed webhook
      When three more things happen, of which the other webhook is told
      And we confirm the webhook
      And three more things happen, of which the webhook is told
      Then the webhook is told nothing before it is confirmed

  @HOOK-17 @HOOK-12 @HOOK-10 @stated
  Rule: After confirmation Kobble sends notification messages that hold the event data
    @id:deliveries.notification
    Scenario: A transaction is told of
      Given a confirmed webhook
      When something happens to tell of
      Then the webhook is told of it

    @id:deliveries.of-each
    Scenario Outline: A transaction that "<operation>" makes is told of
      Given a confirmed webhook
      When "<operation>" makes a transaction to tell of
      Then the webhook is told of it

      Examples:
        | operation                       |
        | Create a transaction            |
        | Create manual debit transaction |

  @HOOK-21 @SNS-05 @SNS-06 @SNS-07 @SNS-08 @stated
  Rule: Every webhook request is signed
    @id:deliveries.signed
    Scenario: Confirmation and notification are signed, and the signatures verify
      Given a confirmed webhook
      When something happens to tell of
      And the webhook is told of it
      Then each message verifies

  @HOOK-23 @HOOK-24 @HOOK-34 @SNS-01 @SNS-02 @stated
  Rule: HTTP header "x-amz-sns-message-id" is the unique id of the message
    @id:deliveries.headers
    Scenario: Confirmation and notification have the documented headers
      Given a confirmed webhook
      When something happens to tell of
      And the webhook is told of it
      Then each message has the documented headers

  @HOOK-31 @SNS-03 @SNS-04 @SNS-12 @example
  Rule: The body also has "TopicArn", "SigningCertURL", "UnsubscribeURL" and "Subject"
    @id:deliveries.fields
    Scenario: Confirmation and notification have the documented members
      Given a confirmed webhook
      When something happens to tell of
      And the webhook is told of it
      Then each message has the documented fields

  @HOOK-27 @HOOK-25 @HOOK-26 @HOOK-28 @HOOK-29 @HOOK-30 @HOOK-11 @stated
  Rule: Body field "Message" is the event, as a string of JSON
    @id:deliveries.types
    Scenario: What confirmation and notification say has the documented forms
      Given a confirmed webhook
      When something happens to tell of
      And the webhook is told of it
      Then each message has the documented types

  @HOOK-32 @HOOK-33 @example
  Rule: The event in "Message" has "id" (uuid), "type", "entity_id", "client_id" and "created_at" (date-time), and does not embed the entity
    @id:deliveries.event
    Scenario: The event of a transaction names the transaction, which can be read
      Given a confirmed webhook
      When something happens to tell of
      And the webhook is told of it
      Then the event names its entity
      And the event names an entity that can be read

  @HOOK-18 @HOOK-19 @SNS-16 @stated
  Rule: Delivery is retried automatically when the receiver does not answer as expected
    Background:
      Given a confirmed webhook

    @id:deliveries.retried
    Scenario: A notification that was answered with a server error comes again
      Given our receiver fails once
      When something happens to tell of
      Then the notification comes again

    @id:deliveries.retried-hung-up
    Scenario: A notification that was not answered at all comes again
      Given our receiver hangs up once
      When something happens to tell of
      Then the notification comes again

    @id:deliveries.refused @gap:C-52
    Scenario: Whether a notification that was refused comes again is recorded
      Given our receiver refuses once
      When something happens to tell of
      Then whether the notification comes again is recorded

  @SNS-18 @HOOK-20 @standard
  Rule: A retry keeps its "MessageId", so that a receiver can tell a repeat
    @id:deliveries.same-message
    Scenario: The repeat is the same message
      Given a confirmed webhook
      And our receiver fails once
      When something happens to tell of
      And the notification comes again
      Then what was delivered is the same message

  @HOOK-09 @stated
  Rule: After a deletion the subscription is no longer listed and gets no more events
    @id:deliveries.deleted
    Scenario: A deleted subscription is told nothing
      Given a confirmed webhook
      And another confirmed webhook
      When we call "Delete a webhook"
      And something happens to tell of
      And the other webhook is told of it
      And three more things happen, of which the other webhook is told
      Then the webhook is told nothing of all this

  @OWN-06 @inferred
  Rule: Events are told only to the client that they belong to
    @id:deliveries.own
    Scenario: Another client's subscription is told nothing
      Given a confirmed webhook
      And a foreign confirmed webhook
      When something happens to tell of
      And the webhook is told of it
      And three more things happen, of which the webhook is told
      Then the foreign webhook is told nothing of all this

  @HARNESS-28 @standard
  Rule: Each subscription is confirmed by a token and an address of its own, and all that it is sent is of one topic
    Background:
      Given a confirmed webhook

    @id:deliveries.together
    Scenario: Two subscriptions have a token, an address and a topic each
      Given another confirmed webhook
      When three more things happen, of which the other webhook is told
      And the webhook is told of it
      Then what was delivered goes together

    @id:deliveries.together-again
    Scenario: What failed once comes again as it was, and of the same topic
      Given our receiver fails once
      When something happens to tell of
      And the notification comes again
      Then what was delivered goes together
