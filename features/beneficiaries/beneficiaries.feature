Feature: Beneficiaries
  Bank accounts that money may go to.

  @BENEF-03 @BENEF-10 @BENEF-11 @BENEF-12 @IDEMP-26 @IDEMP-27 @stated
  Rule: A beneficiary is created with POST "{prefix}/beneficiaries"
    @id:beneficiaries-create.success
    Scenario: A beneficiary is created
      When we call "Create beneficiary"
      Then the call succeeds

  @BENEF-14 @third-party
  Rule: Creating: the answer has "id" and "status"
    @id:beneficiaries-create.fields
    Scenario: The answer has an id and a status
      When we call "Create beneficiary"
      Then the answer has "id"
      And the answer has "status"

  @BENEF-13 @third-party
  Rule: Creating: an Australian bank is sent as "bank_country" "AUS", "bank_code_type" "BSB", "bank_code" six digits with a hyphen after the third, "account_number" digits as a string
    @id:beneficiaries-create.bsb
    Scenario: An Australian bank with a BSB is taken
      Given a valid request to "Create beneficiary"
      And the request's "bank_code_type" is set to "BSB"
      And the request's "bank_code" is set to "062-000"
      When the request is sent
      Then the call succeeds

  @BENEF-07 @stated
  Rule: Creating: "bank_code_type" is required and is one of "BSB", "BPAY", "ROUTING_NUMBER", "SORT_CODE"
    @id:beneficiaries-create.types
    Scenario Outline: The bank code type <type> is taken
      Given a valid request to "Create beneficiary"
      And the request's "bank_code_type" is set to "<type>"
      When the request is sent
      Then the call succeeds

      Examples:
        | type           |
        | BSB            |
        | BPAY           |
        | ROUTING_NUMBER |
        | SORT_CODE      |

  @BENEF-06 @stated
  Rule: Creating: "bank_country" is an ISO 3166-1 alpha-3 code, exactly 3 characters, matching "^[A-Z]{3}$"; sample "SGP"
    @id:beneficiaries-create.country
    Scenario Outline: The country "<country>" is refused
      Given a valid request to "Create beneficiary"
      But the request's "bank_country" is set to "<country>"
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | country |
        | AU      |
        | aus     |
        | AUST    |
        | A1S     |

  @BENEF-01 @stated
  Rule: Operations exist to list (GET), get (GET), create (POST) and update (PUT) beneficiaries
    @id:beneficiaries.life
    Scenario: A beneficiary is created, read, listed and updated
      Given a beneficiary
      When we call "Get beneficiary by ID"
      Then the call succeeds
      When we call "List all beneficiaries"
      Then the call succeeds
      When we call "Update beneficiary"
      Then the call succeeds

  @BENEF-20 @inferred
  Rule: Beneficiaries are listed at GET "{prefix}/beneficiaries" and read at GET "{prefix}/beneficiaries/{id}"
    @id:beneficiaries.reads
    Scenario: A beneficiary reads back equal and is in the list
      Given a beneficiary
      Then the beneficiary reads back equal
      And the beneficiary is in the list

  @BENEF-16 @stated
  Rule: A beneficiary is updated with PUT "{prefix}/beneficiaries/{id}"
    @id:beneficiaries-update.status
    Scenario Outline: A beneficiary is set to <status>
      Given a beneficiary
      And a valid request to "Update beneficiary"
      And the request's "status" is set to "<status>"
      When the request is sent
      Then the call succeeds
      And the beneficiary reads back with the "status" "<status>"

      Examples:
        | status   |
        | INACTIVE |
        | ACTIVE   |

    @id:beneficiaries-update.metadata
    Scenario: A beneficiary is given other metadata
      Given a beneficiary
      And a valid request to "Update beneficiary"
      And the request's "metadata" is set to {"note": "another"}
      When the request is sent
      Then the call succeeds
      And the beneficiary reads back with the "metadata" {"note": "another"}

  @BENEF-21 @inferred
  Rule: A field that is absent from an update keeps its value, since both fields are optional
    @id:beneficiaries-update.keeps
    Scenario: What is left out of an update keeps its value
      Given a beneficiary
      And a valid request to "Update beneficiary"
      And the request's "metadata" is set to {"note": "keep me"}
      And the request is sent
      When we call "Update beneficiary"
      Then the beneficiary reads back with the "metadata" {"note": "keep me"}

  @stated
  Rule: Both fields of an update are optional
    @id:beneficiaries-update.optional
    Scenario Outline: An update without "<field>" is served
      Given a valid request to "Update beneficiary"
      And the request's "status" is set to "INACTIVE"
      And the request's "metadata" is set to {"note": "x"}
      But the request's "<field>" is left out
      When the request is sent
      Then the call succeeds

      Examples:
        | field    | requirement |
        | status   | BENEF-18    |
        | metadata | BENEF-19    |

  @BENEF-02 @stated
  Rule: An operation to create a PayID beneficiary (POST) exists since generation G3
    @id:beneficiaries-payid.exists
    Scenario: A beneficiary by PayID can be asked for
      When we call "Create Payid beneficiary"
      Then the API knows the operation
