Feature: Wallets
  A store of value that belongs to one holder.

  @WALLET-09 @stated
  Rule: Creating: success is 200, not 201, with "application/json"
    @id:wallets-create.success
    Scenario: A wallet is created with 200, in JSON
      When we call "Create a new wallet"
      Then the answer is 200 OK
      And the answer's header "Content-Type" is JSON

  @WALLET-10 @stated
  Rule: Creating: the body is the Wallet object
    @id:wallets-create.wallet
    Scenario: The answer is the wallet
      When we call "Create a new wallet"
      Then the answer is a Wallet
      And the wallet reads back equal

  @WALLET-02 @IDEMP-20 @stated
  Rule: A wallet is created with POST "{prefix}/wallets": "/customers/v1/wallets" or "/api/wallets"
    @id:wallets-create.address
    Scenario: A wallet is created at its documented address
      When we call "Create a new wallet"
      Then the call succeeds

  @stated
  Rule: A wallet always has its twelve documented fields
    Background:
      Given a wallet

    @id:wallet.field
    Scenario Outline: A wallet always has "<field>"
      When we call "Get wallet by ID"
      Then the answer has "<field>"
      And the answer is a Wallet

      Examples:
        | field           | requirement |
        | id              | WALLET-11   |
        | created_at      | WALLET-13   |
        | updated_at      | WALLET-14   |
        | holder_id       | WALLET-15   |
        | asset           | WALLET-16   |
        | asset_class     | WALLET-17   |
        | status          | WALLET-18   |
        | partner_product | WALLET-19   |
        | total_amount    | WALLET-20   |
        | amount          | WALLET-21   |
        | reserved_amount | WALLET-22   |

    @id:wallet.external-id @WALLET-12
    Scenario: A wallet always has "external_id", a text or null
      When we call "Get wallet by ID"
      Then the answer's "external_id" is there, or null
      And the answer is a Wallet

  @WALLET-36 @example
  Rule: A new wallet is "ACTIVE" with "external_id" null, ready for a card (the older sample differs, C-15)
    @id:wallets-create.ready
    Scenario: A new wallet is active and not linked, ready for a card
      When we call "Create a new wallet"
      Then the answer's "status" is "ACTIVE"
      And the answer's "external_id" is null

  @WALLET-37 @inferred
  Rule: The wallet returned carries the "holder_id", "asset", "asset_class" and "partner_product" that were sent
    @id:wallets-create.echo
    Scenario: The wallet carries what was sent
      When we call "Create a new wallet"
      Then the answer holds what was sent

  @WALLET-23 @stated
  Rule: A wallet is read with GET "{prefix}/wallets/{id}"
    @id:wallets-get.address
    Scenario: A wallet is read at its documented address
      When we call "Get wallet by ID"
      Then the call succeeds

  @WALLET-26 @stated
  Rule: Reading: success is 200 with the Wallet that has that id
    @id:wallets-get.success
    Scenario: The answer is 200 with the wallet of that id
      Given a wallet
      When we call "Get wallet by ID"
      Then the answer is 200 OK
      And the answer's "id" is the wallet
      And the wallet reads back equal

  @WALLET-27 @stated
  Rule: Wallets are listed with GET "{prefix}/wallets"
    @id:wallets-list.success
    Scenario: A new wallet is in the list
      Given a wallet
      Then the wallet is in the list

  @WALLET-29 @third-party
  Rule: Listing: the body is a bare array of wallets
    @id:wallets-list.bare
    Scenario: The list is a bare array of wallets
      Given a wallet
      When we call "Get all wallets"
      Then the answer is a list of Wallets

  @WALLET-30 @OWN-05 @third-party
  Rule: A wallet in that list has four fields more: "account_number", "bank_code_type", "bank_code" (string or null) and "owner" (uuid)
    @id:wallets-list.more-fields
    Scenario: A wallet in the list shows all four fields more, or none of them
      Given a wallet
      When we call "Get all wallets"
      Then everything in the list has "account_number", "bank_code_type", "bank_code" and "owner", or none of them

  @WALLET-31 @WALLET-35 @stated
  Rule: A wallet is updated with PATCH "{prefix}/wallets/{id}", which changes its status
    Background:
      Given a wallet

    @id:wallets-update.status
    Scenario Outline: A wallet can be set to <status>
      When the wallet's status is changed to "<status>"
      Then the call succeeds
      And the wallet reads back with the "status" "<status>"

      Examples:
        | status    |
        | SUSPENDED |
        | INACTIVE  |
        | ACTIVE    |

    @id:wallets-update.time
    Scenario: A change of a wallet moves "updated_at" on
      Given a moment passes
      When the wallet's status is changed to "SUSPENDED"
      Then the wallet's "updated_at" is later than before
