Feature: A token for every operation
  Every operation but the token endpoint itself is called with an access token. These rules are the
  same for all of them; the tables list each one.

  @AUTH-29 @AUTH-28 @inferred
  Rule: Any operation called without a token, or with one that is malformed, forged or expired, is answered 401
    @id:auth.no-token
    Scenario Outline: <operation> refuses a caller without a token
      When we call "<operation>" with no token
      Then the call is refused as not authenticated

      Examples:
        | operation                               |
        | List all beneficiaries                  |
        | Get beneficiary by ID                   |
        | Create beneficiary                      |
        | Update beneficiary                      |
        | Create Payid beneficiary                |
        | Get all cards                           |
        | Create a new card                       |
        | Get card by ID                          |
        | Update card status                      |
        | Replace or renew card                   |
        | Generate card secret                    |
        | Generate MeaWallet widget session token |
        | Get all programs                        |
        | Create a new program                    |
        | Get program by ID                       |
        | Get all clients                         |
        | Get client by ID                        |
        | Create a new client                     |
        | Update client status                    |
        | Get all endusers                        |
        | Create a new enduser                    |
        | Get enduser by ID                       |
        | Get all transactions                    |
        | Create a transaction                    |
        | Get transaction by ID                   |
        | Create manual credit transaction        |
        | Create manual debit transaction         |
        | Get all wallets                         |
        | Create a new wallet                     |
        | Get wallet by ID                        |
        | Update wallet                           |
        | Create subscription                     |
        | Get all webhooks                        |
        | Create a webhook                        |
        | Delete a webhook                        |

    @id:auth.changed
    Scenario Outline: <operation> refuses a caller with a token of which one letter was changed
      When we call "<operation>" with a token with one letter changed
      Then the call is refused as not authenticated

      Examples:
        | operation                               |
        | List all beneficiaries                  |
        | Get beneficiary by ID                   |
        | Create beneficiary                      |
        | Update beneficiary                      |
        | Create Payid beneficiary                |
        | Get all cards                           |
        | Create a new card                       |
        | Get card by ID                          |
        | Update card status                      |
        | Replace or renew card                   |
        | Generate card secret                    |
        | Generate MeaWallet widget session token |
        | Get all programs                        |
        | Create a new program                    |
        | Get program by ID                       |
        | Get all clients                         |
        | Get client by ID                        |
        | Create a new client                     |
        | Update client status                    |
        | Get all endusers                        |
        | Create a new enduser                    |
        | Get enduser by ID                       |
        | Get all transactions                    |
        | Create a transaction                    |
        | Get transaction by ID                   |
        | Create manual credit transaction        |
        | Create manual debit transaction         |
        | Get all wallets                         |
        | Create a new wallet                     |
        | Get wallet by ID                        |
        | Update wallet                           |
        | Create subscription                     |
        | Get all webhooks                        |
        | Create a webhook                        |
        | Delete a webhook                        |

    @id:auth.expired
    Scenario Outline: <operation> refuses a caller with a token that has run out
      When we call "<operation>" with a token that has expired
      Then the call is refused as not authenticated

      Examples:
        | operation                               |
        | List all beneficiaries                  |
        | Get beneficiary by ID                   |
        | Create beneficiary                      |
        | Update beneficiary                      |
        | Create Payid beneficiary                |
        | Get all cards                           |
        | Create a new card                       |
        | Get card by ID                          |
        | Update card status                      |
        | Replace or renew card                   |
        | Generate card secret                    |
        | Generate MeaWallet widget session token |
        | Get all programs                        |
        | Create a new program                    |
        | Get program by ID                       |
        | Get all clients                         |
        | Get client by ID                        |
        | Create a new client                     |
        | Update client status                    |
        | Get all endusers                        |
        | Create a new enduser                    |
        | Get enduser by ID                       |
        | Get all transactions                    |
        | Create a transaction                    |
        | Get transaction by ID                   |
        | Create manual credit transaction        |
        | Create manual debit transaction         |
        | Get all wallets                         |
        | Create a new wallet                     |
        | Get wallet by ID                        |
        | Update wallet                           |
        | Create subscription                     |
        | Get all webhooks                        |
        | Create a webhook                        |
        | Delete a webhook                        |

    @id:auth.stranger
    Scenario Outline: <operation> refuses a caller with a token that a stranger signed
      When we call "<operation>" with a token signed by a stranger
      Then the call is refused as not authenticated

      Examples:
        | operation                               |
        | List all beneficiaries                  |
        | Get beneficiary by ID                   |
        | Create beneficiary                      |
        | Update beneficiary                      |
        | Create Payid beneficiary                |
        | Get all cards                           |
        | Create a new card                       |
        | Get card by ID                          |
        | Update card status                      |
        | Replace or renew card                   |
        | Generate card secret                    |
        | Generate MeaWallet widget session token |
        | Get all programs                        |
        | Create a new program                    |
        | Get program by ID                       |
        | Get all clients                         |
        | Get client by ID                        |
        | Create a new client                     |
        | Update client status                    |
        | Get all endusers                        |
        | Create a new enduser                    |
        | Get enduser by ID                       |
        | Get all transactions                    |
        | Create a transaction                    |
        | Get transaction by ID                   |
        | Create manual credit transaction        |
        | Create manual debit transaction         |
        | Get all wallets                         |
        | Create a new wallet                     |
        | Get wallet by ID                        |
        | Update wallet                           |
        | Create subscription                     |
        | Get all webhooks                        |
        | Create a webhook                        |
        | Delete a webhook                        |

    @id:auth.odd-token
    Scenario Outline: <operation> does not take <token> for a token
      When we call "<operation>" with <token>
      Then the call is refused as not authenticated

      Examples:
        | operation         | token                             |
        | Get all cards     | a token that is no token          |
        | Get all cards     | an empty token                    |
        | Get all cards     | a token whose content was changed |
        | Get all cards     | a token that is not signed        |
        | Get all cards     | the token in the address          |
        | Create a new card | a token that is no token          |
        | Create a new card | an empty token                    |
        | Create a new card | a token whose content was changed |
        | Create a new card | a token that is not signed        |
        | Create a new card | the token in the address          |
        | Get wallet by ID  | a token that is no token          |
        | Get wallet by ID  | an empty token                    |
        | Get wallet by ID  | a token whose content was changed |
        | Get wallet by ID  | a token that is not signed        |
        | Get wallet by ID  | the token in the address          |

  @HARNESS-11 @AUTH-28 @inferred
  Rule: A refused request changes nothing
    @id:auth.unserved-leaves-it
    Scenario Outline: <operation> with <token> leaves the <thing> as it was
      Given a <thing>
      And the <thing> is noted
      When we call "<operation>" with <token>
      Then the call is refused as a fault of the caller
      And the <thing> is as it was

      Examples:
        | operation             | thing       | token                           |
        | Update card status    | card        | no token                        |
        | Update card status    | card        | a token with one letter changed |
        | Update card status    | card        | a token that has expired        |
        | Update card status    | card        | a token signed by a stranger    |
        | Replace or renew card | card        | no token                        |
        | Replace or renew card | card        | a token with one letter changed |
        | Replace or renew card | card        | a token that has expired        |
        | Replace or renew card | card        | a token signed by a stranger    |
        | Update wallet         | wallet      | no token                        |
        | Update wallet         | wallet      | a token with one letter changed |
        | Update wallet         | wallet      | a token that has expired        |
        | Update wallet         | wallet      | a token signed by a stranger    |
        | Update beneficiary    | beneficiary | no token                        |
        | Update beneficiary    | beneficiary | a token with one letter changed |
        | Update beneficiary    | beneficiary | a token that has expired        |
        | Update beneficiary    | beneficiary | a token signed by a stranger    |
        | Create a new card     | wallet      | no token                        |
        | Create a new card     | wallet      | a token with one letter changed |
        | Create a new card     | wallet      | a token that has expired        |
        | Create a new card     | wallet      | a token signed by a stranger    |

    @id:auth.unserved-moves-no-money
    Scenario Outline: <operation> with <token> moves no money
      Given a <wallet>
      And the wallet is noted
      When we call "<operation>" with <token>
      Then the call is refused as a fault of the caller
      And the wallet holds what it held before

      Examples:
        | operation                        | wallet        | token                           |
        | Create a transaction             | wallet        | no token                        |
        | Create a transaction             | wallet        | a token with one letter changed |
        | Create a transaction             | wallet        | a token that has expired        |
        | Create a transaction             | wallet        | a token signed by a stranger    |
        | Create manual credit transaction | wallet        | no token                        |
        | Create manual credit transaction | wallet        | a token with one letter changed |
        | Create manual credit transaction | wallet        | a token that has expired        |
        | Create manual credit transaction | wallet        | a token signed by a stranger    |
        | Create manual debit transaction  | funded wallet | no token                        |
        | Create manual debit transaction  | funded wallet | a token with one letter changed |
        | Create manual debit transaction  | funded wallet | a token that has expired        |
        | Create manual debit transaction  | funded wallet | a token signed by a stranger    |

    @id:auth.unserved-makes-nothing
    Scenario Outline: <operation> with <token> makes nothing
      Given a valid request to "<operation>"
      And the request has a mark of its own
      When the request is sent with <token>
      Then the call is refused as a fault of the caller
      And nothing with that mark is listed

      Examples:
        | operation            | token                           |
        | Create beneficiary   | no token                        |
        | Create beneficiary   | a token with one letter changed |
        | Create beneficiary   | a token that has expired        |
        | Create beneficiary   | a token signed by a stranger    |
        | Create a new program | no token                        |
        | Create a new program | a token with one letter changed |
        | Create a new program | a token that has expired        |
        | Create a new program | a token signed by a stranger    |
        | Create a new enduser | no token                        |
        | Create a new enduser | a token with one letter changed |
        | Create a new enduser | a token that has expired        |
        | Create a new enduser | a token signed by a stranger    |
        | Create a new wallet  | no token                        |
        | Create a new wallet  | a token signed by a stranger    |
        | Create a webhook     | no token                        |
        | Create a webhook     | a token with one letter changed |
        | Create a webhook     | a token that has expired        |
        | Create a webhook     | a token signed by a stranger    |

    @id:auth.unserved-deletes-nothing
    Scenario Outline: Delete a webhook with <token> deletes nothing
      Given a webhook
      When we call "Delete a webhook" with <token>
      Then the call is refused as a fault of the caller
      And the webhook is in the list

      Examples:
        | token                           |
        | no token                        |
        | a token with one letter changed |
        | a token that has expired        |
        | a token signed by a stranger    |

  @ERR-03 @stated
  Rule: The Cards API uses 401 for bad credentials or a bad token
    @id:auth.cards-401
    Scenario Outline: <operation> answers 401 to <token>
      When we call "<operation>" with <token>
      Then the call is refused as not authenticated

      Examples:
        | operation             | token                           |
        | Get all cards         | no token                        |
        | Get all cards         | a token with one letter changed |
        | Create a new card     | no token                        |
        | Create a new card     | a token with one letter changed |
        | Get card by ID        | no token                        |
        | Get card by ID        | a token with one letter changed |
        | Update card status    | no token                        |
        | Update card status    | a token with one letter changed |
        | Replace or renew card | no token                        |
        | Replace or renew card | a token with one letter changed |
        | Generate card secret  | no token                        |
        | Generate card secret  | a token with one letter changed |

  @AUTH-28 @AUTH-01 @stated
  Rule: The token is meant for every other Kobble API, so every other operation is authenticated with it
    @id:auth.token-serves
    Scenario Outline: A token of the client-credentials flow serves <operation>
      When we call "<operation>"
      Then the call succeeds

      Examples:
        | operation              |
        | Get all cards          |
        | Get all wallets        |
        | Get all endusers       |
        | Get all transactions   |
        | List all beneficiaries |
        | Get all programs       |
        | Get all webhooks       |

  @stated
  Rule: The page of the operation, or of its section, lists the token as required
    @id:auth.required
    Scenario Outline: <operation> does not serve a caller without the token that its page requires
      When we call "<operation>" with no token
      Then the call is refused as a fault of the caller

      @AUTH-24
      Examples: Cards
        | operation             | requirement    |
        | Get all cards         | CARD-LIST-02   |
        | Create a new card     | CARD-CREATE-02 |
        | Update card status    | CARD-STATUS-03 |
        | Replace or renew card | CARD-RENEW-04  |
        | Generate card secret  | CARD-SECRET-03 |
        | Get card by ID        | AUTH-24        |

      @AUTH-25
      Examples: Clients
        | operation            | requirement |
        | Get all clients      | CLIENT-03   |
        | Get client by ID     | CLIENT-06   |
        | Create a new client  | AUTH-25     |
        | Update client status | AUTH-25     |

      @AUTH-26
      Examples: Relays
        | operation           | requirement |
        | Create subscription | RELAY-05    |

      Examples: Other sections
        | operation                        | requirement |
        | Get all programs                 | PROG-02     |
        | Create a new program             | PROG-13     |
        | Get program by ID                | PROG-20     |
        | Create a new enduser             | ENDUSER-03  |
        | Get all transactions             | TXN-08      |
        | Get transaction by ID            | TXN-11      |
        | Create a transaction             | TXN-14      |
        | Create manual credit transaction | TXN-21      |
        | Create manual debit transaction  | TXN-25      |
        | Create a new wallet              | WALLET-04   |
        | Get wallet by ID                 | WALLET-25   |
        | Get all wallets                  | WALLET-28   |
        | Update wallet                    | WALLET-34   |

  @CARD-GET-03 @example
  Rule: "Authorization" is sent
    @id:cards-get.authorization
    Scenario: A card is read with the token in the header
      When we call "Get card by ID"
      Then the call succeeds

  @AUTH-27 @HOOK-07 @stated
  Rule: Every Webhooks API request needs an access token in its headers, although the pages of the operations call the header optional (C-31)
    @id:auth.webhooks @gap:C-31
    Scenario Outline: What <operation> answers without a token is recorded
      When we call "<operation>" with no token
      Then what the target does here is recorded

      Examples:
        | operation        |
        | Get all webhooks |
        | Create a webhook |
        | Delete a webhook |

  @AUTH-11 @stated
  Rule: The scope decides how much access the token gives
    @id:auth.read-scope-cannot-issue
    Scenario: A token that may only read issues no card
      When we call "Create a new card" with a token of the scope "client/read"
      Then the call is refused as a fault of the caller

  @AUTH-12 @inferred
  Rule: A "*/read" scope serves reads and a "*/write" scope serves changes; no page says which scope an operation needs (C-08)
    @id:auth.read-scope
    Scenario Outline: <operation> is refused to a token that may only read
      When we call "<operation>" with a token of the scope "client/read"
      Then the call is refused as a fault of the caller

      Examples:
        | operation                               |
        | Create beneficiary                      |
        | Update beneficiary                      |
        | Create Payid beneficiary                |
        | Update card status                      |
        | Replace or renew card                   |
        | Generate card secret                    |
        | Generate MeaWallet widget session token |
        | Create a new program                    |
        | Create a new client                     |
        | Update client status                    |
        | Create a new enduser                    |
        | Create a transaction                    |
        | Create manual credit transaction        |
        | Create manual debit transaction         |
        | Create a new wallet                     |
        | Update wallet                           |
        | Create subscription                     |
        | Create a webhook                        |
        | Delete a webhook                        |

    @id:auth.read-scope-reads
    Scenario Outline: <operation> is served to a token that may only read
      When we call "<operation>" with a token of the scope "client/read"
      Then the call succeeds

      Examples:
        | operation            |
        | Get all cards        |
        | Get card by ID       |
        | Get all wallets      |
        | Get wallet by ID     |
        | Get enduser by ID    |
        | Get all transactions |

  @AUTH-13 @third-party
  Rule: A token of scope "client/write" was used both to create a beneficiary and to list wallets
    @id:auth.write-scope-reads
    Scenario: A token of the scope client/write lists wallets
      When we call "Get all wallets" with a token of the scope "client/write"
      Then the call succeeds

  @STD-01 @standard
  Rule: Field names and the authentication scheme are matched without regard to letter case
    @id:auth.scheme-case
    Scenario Outline: The scheme may be written <scheme>
      When we call "Get all cards" with the scheme "<scheme>"
      Then the call succeeds

      Examples:
        | case          | scheme |
        | small letters | bearer |
        | capitals      | BEARER |

  @STD-02 @standard
  Rule: Every 401 has "WWW-Authenticate" with at least one challenge
    @id:auth.challenge
    Scenario Outline: <operation> says how to authenticate
      When we call "<operation>" with no token
      Then the call is refused as not authenticated
      And the challenge is there

      Examples:
        | operation         |
        | Get all cards     |
        | Create a new card |
        | Get wallet by ID  |

  @STD-03 @standard
  Rule: For bearer tokens the challenge is "Bearer" with at least one parameter; "invalid_token" goes with 401, "insufficient_scope" with 403, "invalid_request" with 400; without any credentials no error code is given
    @id:auth.challenge-invalid
    Scenario: A bad token is called invalid_token
      When we call "Get all cards" with a token with one letter changed
      Then the challenge says that the token is invalid

    @id:auth.challenge-none
    Scenario: A call without credentials is told no error
      When we call "Get all cards" with no token
      Then the challenge names no error

    @id:auth.challenge-status
    Scenario Outline: The challenge of <operation> to a token of another scope goes with its status
      When we call "<operation>" with a token of the scope "client/read"
      Then the challenge goes with the status

      Examples:
        | operation           |
        | Create a new wallet |
        | Create a new card   |

  @AUTH-29 @inferred
  Rule: Who calls is settled before anything that the call holds
    @id:auth.before-the-body
    Scenario Outline: <operation> without a token is not authenticated, however wrong its body is
      Given a valid request to "<operation>"
      But the request's body is not JSON
      When the request is sent with no token
      Then the call is refused as not authenticated

      Examples:
        | operation                        |
        | Create a new card                |
        | Create a new wallet              |
        | Create manual credit transaction |

    @id:auth.unknown-scheme
    Scenario Outline: A token under the scheme <kind> is not authenticated
      When we call "Get all cards" with the scheme "<kind>"
      Then the call is refused as not authenticated

      Examples:
        | kind   |
        | Basic  |
        | Token  |
        | Digest |
