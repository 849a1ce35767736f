Feature: Ids and ownership
  A client sees, changes and uses its own things only; what is not there, or not its own, is refused.

  @ERR-05 @stated
  Rule: The Cards API uses 404 for what does not exist
    @id:ids.unknown-card
    Scenario Outline: <operation> answers 404 to an unknown card
      Given a valid request to "<operation>"
      But the request's "id" in the address is unknown
      When the request is sent
      Then the call is refused as not found

      Examples:
        | operation             |
        | Get card by ID        |
        | Update card status    |
        | Replace or renew card |
        | Generate card secret  |

  @HARNESS-08 @inferred
  Rule: A read, change or use of an unknown id is refused, and the refusal says nothing of anything else
    @id:ids.unknown
    Scenario Outline: <operation> refuses an unknown id
      Given a valid request to "<operation>"
      But the request's "id" in the address is unknown
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation             |
        | Get beneficiary by ID |
        | Update beneficiary    |
        | Get program by ID     |
        | Get client by ID      |
        | Update client status  |
        | Get enduser by ID     |
        | Get transaction by ID |
        | Get wallet by ID      |
        | Update wallet         |
        | Delete a webhook      |

  @HARNESS-09 @inferred
  Rule: An id that is not a UUID is refused as a client error
    @id:ids.malformed
    Scenario Outline: <operation> refuses an id that is no UUID
      Given a valid request to "<operation>"
      But the request's "id" in the address is malformed
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation             |
        | Get beneficiary by ID |
        | Update beneficiary    |
        | Get card by ID        |
        | Update card status    |
        | Replace or renew card |
        | Generate card secret  |
        | Get program by ID     |
        | Get client by ID      |
        | Update client status  |
        | Get enduser by ID     |
        | Get transaction by ID |
        | Get wallet by ID      |
        | Update wallet         |
        | Delete a webhook      |

  @OWN-07 @inferred
  Rule: A resource of another client is answered 403 or 404 and never with its data
    @id:tenancy.foreign
    Scenario Outline: <operation> refuses another client's <thing> and shows nothing of it
      Given a <thing> of another client
      When we call "<operation>" for the foreign <thing>
      Then the call is refused as forbidden or not found
      And the answer shows nothing of the foreign <thing>

      Examples:
        | operation             | thing       |
        | Get card by ID        | card        |
        | Update card status    | card        |
        | Replace or renew card | card        |
        | Generate card secret  | card        |
        | Get wallet by ID      | wallet      |
        | Update wallet         | wallet      |
        | Get enduser by ID     | enduser     |
        | Get transaction by ID | transaction |
        | Get beneficiary by ID | beneficiary |
        | Update beneficiary    | beneficiary |
        | Delete a webhook      | webhook     |

  @OWN-03 @ERR-04 @stated
  Rule: A client that may not have a resource is refused with 403 (Cards and token pages)
    @id:tenancy.cards-forbidden
    Scenario Outline: <operation> refuses another client's card
      Given a card of another client
      When we call "<operation>" for the foreign card
      Then the call is refused as forbidden or not found

      Examples:
        | operation             |
        | Get card by ID        |
        | Update card status    |
        | Replace or renew card |
        | Generate card secret  |

    @id:tenancy.unchanged
    Scenario Outline: <operation> leaves another client's <thing> as it was
      Given a <thing> of another client
      And the <thing> is noted
      When we call "<operation>" for the foreign <thing>
      Then the call is refused as a fault of the caller
      And the foreign <thing> is as it was

      Examples:
        | operation                        | thing       |
        | Update card status               | card        |
        | Replace or renew card            | card        |
        | Generate card secret             | card        |
        | Update wallet                    | wallet      |
        | Update beneficiary               | beneficiary |
        | Create a new card                | wallet      |
        | Create a transaction             | wallet      |
        | Create manual credit transaction | wallet      |
        | Create manual debit transaction  | wallet      |

    @id:tenancy.webhook-stays
    Scenario: Delete a webhook leaves another client's webhook in its list
      Given a webhook of another client
      When we call "Delete a webhook" for the foreign webhook
      Then the foreign webhook is in its owner's list

  @OWN-06 @inferred
  Rule: A list shows only what belongs to the calling client
    @id:tenancy.list
    Scenario Outline: Our list of <things> does not show another client's
      Given a <thing> of another client
      Then the foreign <thing> is not in our list

      Examples:
        | things        | thing       |
        | cards         | card        |
        | wallets       | wallet      |
        | endusers      | enduser     |
        | transactions  | transaction |
        | beneficiaries | beneficiary |
        | webhooks      | webhook     |

    @id:tenancy.lists-apart
    Scenario Outline: No entry of "<operation>" is listed for two clients
      When we and another client call "<operation>"
      Then neither list has an entry of the other

      Examples:
        | operation              |
        | Get all cards          |
        | Get all wallets        |
        | Get all transactions   |
        | List all beneficiaries |
        | Get all webhooks       |

  @OWN-07 @inferred
  Rule: Another client's wallet can't be used
    Background:
      Given a funded wallet of another client

    @id:tenancy.use
    Scenario Outline: <operation> does not move money on another client's wallet
      When we call "<operation>" for the foreign wallet
      Then the call is refused as a fault of the caller

      Examples:
        | operation                        |
        | Create manual credit transaction |
        | Create manual debit transaction  |

    @id:tenancy.use-from
    Scenario: A transaction takes nothing from another client's wallet for one of ours
      Given the wallet is noted
      And a valid request to "Create a transaction"
      But the request's "from" is the foreign wallet
      When the request is sent
      Then the call is refused as a fault of the caller
      And the foreign wallet is as it was

    @id:tenancy.holder @gap:C-46
    Scenario: Whether another client's enduser may hold a wallet of ours is recorded
      Given an enduser of another client
      And a valid request to "Create a new wallet"
      But the request's "holder_id" is the foreign enduser
      When the request is sent
      Then what the target does here is recorded

  @OWN-01 @OWN-02 @CARD-PRE-08 @stated
  Rule: An enduser that backs a card belongs to the client that asks for the card
    @id:tenancy.card-on-foreign-wallet
    Scenario: A card on another client's wallet is refused as a bad wallet
      Given a wallet of another client
      When we call "Create a new card" for the foreign wallet
      Then the refusal says "Invalid or dormant wallet"

  @OWN-02 @stated
  Rule: The owner of the wallet must match too, and a mismatch is reported as a bad wallet (check 3), not as an ownership error
    @id:tenancy.wallet-owner
    Scenario: A card on another client's wallet fails check 3
      Given a wallet of another client
      When we call "Create a new card" for the foreign wallet
      Then the refusal says "Invalid or dormant wallet"

  @OWN-07 @inferred
  Rule: Who calls follows from the token alone
    @id:tenancy.client-header
    Scenario: A header that names another client opens nothing of it
      Given a wallet of another client
      And a valid request to "Get wallet by ID"
      And the request's "id" in the address is of another client
      And the request's header "x-client-id" is the id of the other client
      When the request is sent
      Then the call is refused as forbidden or not found

  @OWN-06 @inferred
  Rule: A filter by what belongs to another client shows nothing of it
    @id:tenancy.foreign-filter
    Scenario: Transactions filtered by another client's wallet show nothing of it
      Given a transaction of another client
      And a valid request to "Get all transactions"
      And the request's query "wallet" is the wallet of the foreign transaction
      When the request is sent
      Then the answer shows nothing of the foreign transaction
