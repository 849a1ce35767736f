Feature: Card creation flow
  The developer guide, step by step: an access token, a person, a wallet, a program, and then the card.

  @CARD-CREATE-16 @CARD-PRE-01 @stated
  Rule: The call sequence is token, enduser, wallet, card
    @id:guide.whole-way
    Scenario: From nothing to a card, as the guide has it
      When we ask for an access token
      Then the call succeeds
      Given an enduser
      And a wallet
      And a program
      When we call "Create a new card"
      Then the call succeeds

  @CARD-CREATE-17 @CARD-PRE-09 @stated
  Rule: The enduser id becomes "holder_id" of the wallet; the wallet id becomes "wallet_id" of the card
    @id:guide.ids
    Scenario: The enduser holds the wallet, and the wallet carries the card
      Given an enduser
      When we call "Create a new wallet"
      Then the answer's "holder_id" is the enduser
      When we call "Create a new card"
      Then the answer's "wallet_id" is the wallet

  @CARD-PRE-20 @stated
  Rule: The wallet is made with "holder_id", "asset", "asset_class" and "partner_product"
    @id:guide.wallet
    Scenario: The wallet is made of holder, asset, asset class and product
      When we call "Create a new wallet"
      Then the call succeeds
      And the answer holds what was sent

  @CARD-PRE-12 @CARD-PRE-11 @stated
  Rule: A wallet that has an "external_id" counts as linked to another entity and cannot take a card
    @id:guide.linked-wallet
    Scenario: A linked wallet takes no card
      Given a program
      And a wallet that fails check 4: it is linked already
      When a card is asked for on that wallet under that program
      Then check 4 decides: "Invalid wallet with existing entity association"

  @CARD-PRE-02 @stated
  Rule: The holder has to be a person enduser; a company alone will not do
    @id:guide.company
    Scenario: A company alone holds no card
      Given a wallet of a company
      When we call "Create a new card"
      Then the refusal says "Unsupported enduser entity type"

  @CARD-PRE-10 @stated
  Rule: The wallet must be "ACTIVE"
    @id:guide.dormant
    Scenario: A suspended wallet takes no card until it is active again
      Given a wallet
      And the wallet's status is changed to "SUSPENDED"
      When we call "Create a new card"
      Then the refusal says "Invalid or dormant wallet"
      When the wallet's status is changed to "ACTIVE"
      And we call "Create a new card"
      Then the call succeeds

  @CARD-PRE-15 @stated
  Rule: The metadata of the program must fit the card product
    Background:
      Given a valid request to "Create a new program"

    @id:guide.program-metadata
    Scenario Outline: A program without "<field>" issues no cards
      Given the request's "metadata" is set to <metadata>
      When the request is sent
      And a card is asked for with what it makes
      Then the program is refused or issues no card

      Examples:
        | field             | metadata                     | requirement |
        | parent_account_id | {"product_id": "4711"}       | CARD-PRE-16 |
        | product_id        | {"parent_account_id": "100"} | CARD-PRE-17 |

    @id:guide.program-types
    Scenario Outline: A program whose "<field>" is of another type issues no cards
      Given the request's "metadata" is set to <metadata>
      When the request is sent
      And a card is asked for with what it makes
      Then the program is refused or issues no card

      Examples:
        | field             | metadata                                                                 | requirement |
        | parent_account_id | {"parent_account_id": 100, "product_id": "4711"}                         | CARD-PRE-16 |
        | product_id        | {"parent_account_id": "100", "product_id": 4711}                         | CARD-PRE-17 |
        | group_id          | {"parent_account_id": "100", "product_id": "4711", "group_id": "a"}      | CARD-PRE-18 |
        | one group_id      | {"parent_account_id": "100", "product_id": "4711", "group_id": ["a", 7]} | CARD-PRE-18 |

    @id:guide.program-of-type
    Scenario Outline: A program whose "<field>" is <kind> issues no cards
      Given the request's "metadata" is set to <metadata>
      When the request is sent
      And a card is asked for with what it makes
      Then the program is refused or issues no card

      Examples:
        | field             | kind            | metadata                                                                 | requirement |
        | parent_account_id | a truth value   | {"parent_account_id": true, "product_id": "4711"}                        | CARD-PRE-16 |
        | parent_account_id | a list          | {"parent_account_id": ["100"], "product_id": "4711"}                     | CARD-PRE-16 |
        | parent_account_id | an object       | {"parent_account_id": {"id": "100"}, "product_id": "4711"}               | CARD-PRE-16 |
        | parent_account_id | null            | {"parent_account_id": null, "product_id": "4711"}                        | CARD-PRE-16 |
        | product_id        | a truth value   | {"parent_account_id": "100", "product_id": true}                         | CARD-PRE-17 |
        | product_id        | a list          | {"parent_account_id": "100", "product_id": ["4711"]}                     | CARD-PRE-17 |
        | product_id        | an object       | {"parent_account_id": "100", "product_id": {"id": "4711"}}               | CARD-PRE-17 |
        | product_id        | null            | {"parent_account_id": "100", "product_id": null}                         | CARD-PRE-17 |
        | group_id          | a number        | {"parent_account_id": "100", "product_id": "4711", "group_id": 7}        | CARD-PRE-18 |
        | group_id          | an object       | {"parent_account_id": "100", "product_id": "4711", "group_id": {"a": 1}} | CARD-PRE-18 |
        | group_id          | a list of lists | {"parent_account_id": "100", "product_id": "4711", "group_id": [["a"]]}  | CARD-PRE-18 |

    @id:guide.program-groups @CARD-PRE-18
    Scenario: A program may name groups
      Given the request's "metadata" is set to {"parent_account_id": "100", "product_id": "4711", "group_id": ["a", "b"]}
      When the request is sent
      Then the call succeeds

  @stated
  Rule: The person must have a first name, a last name, an e-mail address and a phone number
    @id:guide.person @gap:N-53
    Scenario Outline: What becomes of a person without "<field>" is recorded
      Given a valid request to "Create a new enduser"
      But the request's "<field>" is left out
      When the request is sent
      Then what the target does here is recorded
      When a card is asked for with what it makes
      Then who refuses a card for that person is recorded

      Examples:
        | field               | requirement |
        | person.first_name   | CARD-PRE-03 |
        | person.last_name    | CARD-PRE-04 |
        | person.email        | CARD-PRE-05 |
        | person.phone_number | CARD-PRE-06 |
