Feature: Required fields, types and values
  Each field of each request body, left out or sent in a form that the documentation does not have. The
  tables are complete: they list every field of every operation.

  @stated
  Rule: A field that the documentation requires may not be left out
    @id:fields.left-out
    Scenario Outline: <operation> is refused without "<field>"
      Given a valid request to "<operation>"
      But the request's "<field>" is left out
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation            | field           | requirement    |
        | Create beneficiary   | bank_name       | BENEF-04       |
        | Create beneficiary   | bank_country    | BENEF-05       |
        | Create beneficiary   | bank_code_type  | BENEF-07       |
        | Create beneficiary   | bank_code       | BENEF-08       |
        | Create beneficiary   | account_number  | BENEF-09       |
        | Create a new card    | wallet_id       | CARD-CREATE-05 |
        | Create a new card    | program_id      | CARD-CREATE-06 |
        | Update card status   | status          | CARD-STATUS-05 |
        | Generate card secret | remarks         | CARD-SECRET-05 |
        | Create a new program | type            | PROG-15        |
        | Create a new program | partner_product | PROG-16        |
        | Create a new program | metadata        | PROG-17        |
        | Create a transaction | amount          | TXN-15         |
        | Create a new wallet  | holder_id       | WALLET-05      |
        | Create a new wallet  | asset_class     | WALLET-06      |
        | Create a new wallet  | asset           | WALLET-07      |
        | Create a new wallet  | partner_product | WALLET-08      |
        | Create subscription  | url             | RELAY-06       |
        | Create a webhook     | url             | HOOK-04        |

  @ERR-02 @stated
  Rule: The Cards API uses 400 for wrong parameters or missing data
    @id:fields.cards-400
    Scenario Outline: <operation> answers 400 to a body without "<field>"
      Given a valid request to "<operation>"
      But the request's "<field>" is left out
      When the request is sent
      Then the call is refused as wrong or missing data

      Examples:
        | operation            | field      |
        | Create a new card    | wallet_id  |
        | Create a new card    | program_id |
        | Update card status   | status     |
        | Generate card secret | remarks    |

    @id:fields.cards-bad-json
    Scenario Outline: <operation> answers 400 to a body that is not JSON
      Given a valid request to "<operation>"
      But the request's body is not JSON
      When the request is sent
      Then the call is refused as wrong or missing data

      Examples:
        | operation             |
        | Create a new card     |
        | Update card status    |
        | Replace or renew card |
        | Generate card secret  |

  @HARNESS-02 @inferred
  Rule: A required field that is sent as null is refused
    @id:fields.null
    Scenario Outline: <operation> is refused with "<field>" null
      Given a valid request to "<operation>"
      But the request's "<field>" is null
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation            | field           |
        | Create beneficiary   | bank_name       |
        | Create beneficiary   | bank_country    |
        | Create beneficiary   | bank_code_type  |
        | Create beneficiary   | bank_code       |
        | Create beneficiary   | account_number  |
        | Create a new card    | wallet_id       |
        | Create a new card    | program_id      |
        | Update card status   | status          |
        | Generate card secret | remarks         |
        | Create a new program | type            |
        | Create a new program | partner_product |
        | Create a new program | metadata        |
        | Create a transaction | amount          |
        | Create a new wallet  | holder_id       |
        | Create a new wallet  | asset_class     |
        | Create a new wallet  | asset           |
        | Create a new wallet  | partner_product |
        | Create subscription  | url             |
        | Create a webhook     | url             |

  @HARNESS-03 @inferred
  Rule: A required field that is sent as an empty string is refused
    @id:fields.empty
    Scenario Outline: <operation> is refused with an empty "<field>"
      Given a valid request to "<operation>"
      But the request's "<field>" is empty
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation            | field           |
        | Create beneficiary   | bank_name       |
        | Create beneficiary   | bank_country    |
        | Create beneficiary   | bank_code_type  |
        | Create beneficiary   | bank_code       |
        | Create beneficiary   | account_number  |
        | Create a new card    | wallet_id       |
        | Create a new card    | program_id      |
        | Update card status   | status          |
        | Generate card secret | remarks         |
        | Create a new program | type            |
        | Create a new program | partner_product |
        | Create a new wallet  | holder_id       |
        | Create a new wallet  | asset_class     |
        | Create a new wallet  | asset           |
        | Create a new wallet  | partner_product |
        | Create subscription  | url             |
        | Create a webhook     | url             |

  @HARNESS-04 @inferred
  Rule: A field that is sent with another type than the documented one is refused
    @id:fields.other-type
    Scenario Outline: <operation> is refused with "<field>" of another type
      Given a valid request to "<operation>"
      But the request's "<field>" is of another type
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation                        | field           |
        | Create beneficiary               | bank_name       |
        | Create beneficiary               | bank_country    |
        | Create beneficiary               | bank_code_type  |
        | Create beneficiary               | bank_code       |
        | Create beneficiary               | account_number  |
        | Create beneficiary               | person          |
        | Create beneficiary               | metadata        |
        | Create a new card                | wallet_id       |
        | Create a new card                | program_id      |
        | Replace or renew card            | expiry          |
        | Generate card secret             | remarks         |
        | Create a new program             | type            |
        | Create a new program             | partner_product |
        | Create a new program             | metadata        |
        | Update client status             | status          |
        | Create a new enduser             | person          |
        | Create a new enduser             | company         |
        | Create a new enduser             | metadata        |
        | Create a transaction             | amount          |
        | Create a transaction             | reference       |
        | Create a transaction             | metadata        |
        | Create a transaction             | from            |
        | Create a transaction             | to              |
        | Create manual credit transaction | amount          |
        | Create manual credit transaction | reference       |
        | Create manual credit transaction | metadata        |
        | Create manual credit transaction | to              |
        | Create manual debit transaction  | amount          |
        | Create manual debit transaction  | reference       |
        | Create manual debit transaction  | metadata        |
        | Create manual debit transaction  | from            |
        | Create a new wallet              | holder_id       |
        | Create a new wallet              | asset_class     |
        | Create a new wallet              | asset           |
        | Create a new wallet              | partner_product |
        | Create subscription              | url             |
        | Create a webhook                 | url             |

      @HARNESS-11
      Examples: what is there already stays as it was
        | operation             | field    |
        | Update beneficiary    | status   |
        | Update beneficiary    | metadata |
        | Update card status    | status   |
        | Replace or renew card | reason   |
        | Update wallet         | status   |

  @HARNESS-05 @inferred
  Rule: A field that is sent with a value outside its documented list is refused
    @id:fields.outside-values
    Scenario Outline: <operation> is refused with "<field>" outside its values
      Given a valid request to "<operation>"
      But the request's "<field>" is outside its values
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation            | field          |
        | Create beneficiary   | bank_code_type |
        | Update beneficiary   | status         |
        | Update card status   | status         |
        | Update client status | status         |
        | Update wallet        | status         |

  @HARNESS-06 @inferred
  Rule: A body that is not JSON is refused
    @id:fields.not-json
    Scenario Outline: <operation> refuses a body that is <body>
      Given a valid request to "<operation>"
      But the request's body is <body>
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation                        | body        |
        | Create beneficiary               | not JSON    |
        | Create beneficiary               | cut in half |
        | Update beneficiary               | not JSON    |
        | Update beneficiary               | cut in half |
        | Create a new card                | not JSON    |
        | Create a new card                | cut in half |
        | Update card status               | not JSON    |
        | Update card status               | cut in half |
        | Replace or renew card            | not JSON    |
        | Replace or renew card            | cut in half |
        | Generate card secret             | not JSON    |
        | Generate card secret             | cut in half |
        | Create a new program             | not JSON    |
        | Create a new program             | cut in half |
        | Create a new client              | not JSON    |
        | Create a new client              | cut in half |
        | Update client status             | not JSON    |
        | Update client status             | cut in half |
        | Create a new enduser             | not JSON    |
        | Create a new enduser             | cut in half |
        | Create a transaction             | not JSON    |
        | Create a transaction             | cut in half |
        | Create manual credit transaction | not JSON    |
        | Create manual credit transaction | cut in half |
        | Create manual debit transaction  | not JSON    |
        | Create manual debit transaction  | cut in half |
        | Create a new wallet              | not JSON    |
        | Create a new wallet              | cut in half |
        | Update wallet                    | not JSON    |
        | Update wallet                    | cut in half |
        | Create subscription              | not JSON    |
        | Create subscription              | cut in half |
        | Create a webhook                 | not JSON    |
        | Create a webhook                 | cut in half |

    @id:fields.not-an-object
    Scenario Outline: <operation> refuses <body> in place of an object
      Given a valid request to "<operation>"
      But the request's body is <body>
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation                        | body          |
        | Create a new card                | a JSON list   |
        | Create a new card                | a JSON text   |
        | Create a new card                | an empty text |
        | Create a new wallet              | a JSON list   |
        | Create a new wallet              | a JSON text   |
        | Create a new wallet              | an empty text |
        | Create a new enduser             | a JSON list   |
        | Create a new enduser             | a JSON text   |
        | Create a new enduser             | an empty text |
        | Create manual credit transaction | a JSON list   |
        | Create manual credit transaction | a JSON text   |
        | Create manual credit transaction | an empty text |
        | Create manual debit transaction  | a JSON list   |
        | Create a transaction             | a JSON list   |
        | Update wallet                    | a JSON list   |
        | Update card status               | a JSON list   |
        | Replace or renew card            | a JSON list   |
        | Generate card secret             | a JSON list   |
        | Create a new program             | a JSON list   |
        | Create beneficiary               | a JSON list   |
        | Update beneficiary               | a JSON list   |
        | Create a new client              | a JSON list   |
        | Update client status             | a JSON list   |
        | Create subscription              | a JSON list   |
        | Create a webhook                 | a JSON list   |

  @HARNESS-07 @inferred
  Rule: A body of another media type than the documented one is refused
    @id:fields.media-type
    Scenario Outline: <operation> refuses a body <body>
      Given a valid request to "<operation>"
      But the request's body is <body>
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | operation                        | body               |
        | Create beneficiary               | sent as plain text |
        | Create beneficiary               | sent as XML        |
        | Update beneficiary               | sent as plain text |
        | Update beneficiary               | sent as XML        |
        | Create a new card                | sent as plain text |
        | Create a new card                | sent as XML        |
        | Update card status               | sent as plain text |
        | Update card status               | sent as XML        |
        | Replace or renew card            | sent as plain text |
        | Replace or renew card            | sent as XML        |
        | Generate card secret             | sent as plain text |
        | Generate card secret             | sent as XML        |
        | Create a new program             | sent as plain text |
        | Create a new program             | sent as XML        |
        | Create a new client              | sent as plain text |
        | Create a new client              | sent as XML        |
        | Update client status             | sent as plain text |
        | Update client status             | sent as XML        |
        | Create a new enduser             | sent as plain text |
        | Create a new enduser             | sent as XML        |
        | Create a transaction             | sent as plain text |
        | Create a transaction             | sent as XML        |
        | Create manual credit transaction | sent as plain text |
        | Create manual credit transaction | sent as XML        |
        | Create manual debit transaction  | sent as plain text |
        | Create manual debit transaction  | sent as XML        |
        | Create a new wallet              | sent as plain text |
        | Create a new wallet              | sent as XML        |
        | Update wallet                    | sent as plain text |
        | Update wallet                    | sent as XML        |
        | Create subscription              | sent as plain text |
        | Create subscription              | sent as XML        |
        | Create a webhook                 | sent as plain text |
        | Create a webhook                 | sent as XML        |

  @HARNESS-01 @standard
  Rule: Bad input is never answered by a server error (5xx), save where a page documents one (check 8 of card creation)
    @id:fields.no-server-error @gap:N-41
    Scenario Outline: What <operation> answers to an unknown field is recorded, and is no server error
      Given a valid request to "<operation>"
      And the request's "kobcheck_unknown" is set to {"nested": [1, null]}
      When the request is sent
      Then what the target does here is recorded

      Examples:
        | operation                        |
        | Create beneficiary               |
        | Update beneficiary               |
        | Create a new card                |
        | Update card status               |
        | Replace or renew card            |
        | Generate card secret             |
        | Create a new program             |
        | Create a new client              |
        | Update client status             |
        | Create a new enduser             |
        | Create a transaction             |
        | Create manual credit transaction |
        | Create manual debit transaction  |
        | Create a new wallet              |
        | Update wallet                    |
        | Create subscription              |
        | Create a webhook                 |

    @id:fields.no-content-type @gap:N-54
    Scenario Outline: What <operation> answers without a Content-Type is recorded, and is no server error
      Given a valid request to "<operation>"
      But the request's header "Content-Type" is left out
      When the request is sent
      Then what the target does here is recorded

      @stated
      Examples: The pages list the header
        | operation                        | requirement    |
        | Create a new card                | CARD-CREATE-03 |
        | Update card status               | CARD-STATUS-04 |
        | Replace or renew card            | CARD-RENEW-05  |
        | Generate card secret             | CARD-SECRET-04 |
        | Create a new program             | PROG-14        |
        | Create a new enduser             | ENDUSER-02     |
        | Create a transaction             | TXN-13         |
        | Create manual credit transaction | TXN-20         |
        | Create manual debit transaction  | TXN-24         |
        | Create a new wallet              | WALLET-03      |
        | Update wallet                    | WALLET-33      |
        | Create subscription              | RELAY-04       |

      @stated @gap:C-28
      Examples: A page lists it though there is no body
        | operation         | requirement |
        | Get program by ID | PROG-21     |

      Examples: No page lists it
        | operation            |
        | Create beneficiary   |
        | Update beneficiary   |
        | Create a new client  |
        | Update client status |
        | Create a webhook     |

    @id:fields.other-client-id @CARD-CREATE-04 @stated @gap:N-47
    Scenario: What somebody else's x-client-id is answered is recorded, and is no server error
      Given a valid request to "Create a new card"
      But the request's header "x-client-id" is "deadbeef-0000-4000-8000-00000000dead"
      When the request is sent
      Then what the target does here is recorded

  @HARNESS-11 @inferred
  Rule: A refused request changes nothing
    @id:fields.no-money-moves
    Scenario Outline: A refused <operation> moves no money
      Given a funded wallet
      And a valid request to "<operation>"
      And the wallet is noted
      But the request's "amount" is of another type
      When the request is sent
      Then the wallet holds what it held before

      Examples:
        | operation                        |
        | Create manual credit transaction |
        | Create manual debit transaction  |

  @HARNESS-19 @inferred
  Rule: A query value of the wrong form is refused or ignored, and never a server error
    @id:fields.bad-query @gap:N-20
    Scenario Outline: What <operation> answers to "<query>" = "<value>" is recorded, and is no server error
      Given a valid request to "<operation>"
      But the request's query "<query>" is "<value>"
      When the request is sent
      Then what the target does here is recorded

      Examples:
        | operation            | query  | value                |
        | Get all cards        | limit  | -1                   |
        | Get all cards        | limit  | many                 |
        | Get all cards        | limit  | 0                    |
        | Get all cards        | limit  | 1000000              |
        | Get all cards        | offset | -1                   |
        | Get all cards        | offset | x                    |
        | Get all cards        | order  | sideways             |
        | Get all cards        | from   | yesterday            |
        | Get all cards        | to     | 2025-13-45T00:00:00Z |
        | Get all transactions | limit  | -1                   |
        | Get all transactions | limit  | many                 |
        | Get all transactions | limit  | 0                    |
        | Get all transactions | limit  | 1000000              |
        | Get all transactions | offset | -1                   |
        | Get all transactions | offset | x                    |
        | Get all transactions | order  | sideways             |
        | Get all transactions | from   | yesterday            |
        | Get all transactions | to     | 2025-13-45T00:00:00Z |
