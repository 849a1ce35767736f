Feature: Webhook subscriptions
  Where events are sent. Delivery itself is proved only by a receiver that the API can reach.

  @HOOK-03 @IDEMP-24 @stated
  Rule: A subscription is created with POST "/customer/v1/webhooks/subscriptions"
    @id:webhooks-create.success
    Scenario: A subscription is created
      When we call "Create a webhook"
      Then the call succeeds

  @HOOK-02 @stated
  Rule: Subscriptions are listed with GET "/customer/v1/webhooks/subscriptions"
    @id:webhooks-list.success
    Scenario: A new subscription is in the list
      Given a webhook
      When we call "Get all webhooks"
      Then the call succeeds
      And the webhook is in the list

  @HOOK-05 @stated
  Rule: A subscription is deleted with DELETE "/customer/v1/webhooks/subscriptions/{id}"
    Background:
      Given a webhook

    @id:webhooks-delete.success
    Scenario: A subscription is deleted
      When we call "Delete a webhook"
      Then the call succeeds

    @id:webhooks-delete.that-one
    Scenario: Another subscription stays
      Given another webhook
      When we call "Delete a webhook" for the other webhook
      Then the call succeeds
      And the webhook is in the list

  @HOOK-09 @stated
  Rule: After a deletion the subscription is no longer listed and gets no more events
    @id:webhooks-delete.gone
    Scenario: A deleted subscription is no longer listed
      Given a webhook
      And the webhook is in the list
      When we call "Delete a webhook"
      Then the webhook is not in the list

  @HOOK-01 @stated
  Rule: Subscriptions can be created, viewed and deleted
    @id:webhooks.life
    Scenario: A subscription is created, viewed and deleted
      Given a webhook
      Then the webhook is in the list
      When we call "Delete a webhook"
      Then the call succeeds

  @HARNESS-21 @inferred
  Rule: A webhook to an address inside a network (private, link-local) is refused when it is created
    @id:webhooks-create.inside
    Scenario Outline: No webhook may go to <address>
      Given a valid request to "Create a webhook"
      But the request's "url" is set to "<address>"
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | address                                  |
        | http://169.254.169.254/latest/meta-data/ |
        | http://10.0.0.1/webhooks                 |
        | http://[fd00::1]/webhooks                |
        | http://0.0.0.0/webhooks                  |
