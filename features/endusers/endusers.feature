Feature: Endusers
  The people and companies that hold wallets.

  @ENDUSER-13 @stated
  Rule: Creating: success is 200 with "application/json"
    @id:endusers-create.success
    Scenario: A person is created with 200, in JSON
      When we call "Create a new enduser"
      Then the answer is 200 OK
      And the answer's header "Content-Type" is JSON

  @ENDUSER-01 @ENDUSER-06 @IDEMP-21 @stated
  Rule: An enduser is created with POST "{prefix}/endusers": "/customers/v1/endusers" or "/api/endusers"
    @id:endusers-create.address
    Scenario: An enduser is created at its documented address
      When we call "Create a new enduser"
      Then the call succeeds
      And the answer is an Enduser

  @stated
  Rule: An enduser always has its documented fields
    Background:
      Given an enduser

    @id:enduser.field
    Scenario Outline: An enduser has "<field>", or null where that is documented
      When we call "Get enduser by ID"
      Then the answer's "<field>" is there, or null
      And the answer is an Enduser

      Examples:
        | field      | requirement |
        | id         | ENDUSER-14  |
        | person_id  | ENDUSER-16  |
        | company_id | ENDUSER-18  |
        | metadata   | ENDUSER-19  |

    @id:enduser.optional
    Scenario Outline: "<field>" is an object, null or left out
      When we call "Get enduser by ID"
      Then the call succeeds
      And the answer's "<field>" is an object, null or left out

      Examples:
        | field   | requirement |
        | person  | ENDUSER-15  |
        | company | ENDUSER-17  |

  @ENDUSER-04 @stated
  Rule: Creating: the body is one of several forms, built of "person", "company" and "metadata"
    @id:endusers-create.company
    Scenario: A company is created without a person
      Given a company enduser
      Then the enduser reads back equal

  @ENDUSER-25 @inferred
  Rule: An enduser made from a person has a non-null "person_id", and one made from a company a non-null "company_id"
    @id:endusers-create.ids
    Scenario: A person has a person_id
      When we call "Create a new enduser"
      Then the answer has "person_id"

    @id:endusers-create.company-id
    Scenario: A company has a company_id
      Given a company enduser
      When we call "Get enduser by ID"
      Then the answer has "company_id"

  @ENDUSER-20 @example
  Rule: Company in an answer has "id" (uuid) and "name"
    @id:endusers-create.company-object
    Scenario: A company shows its id and name
      Given a company enduser
      When we call "Get enduser by ID"
      Then the answer has "company.id"
      And the answer's "company.name" is "Acme Pty Ltd"

  @ENDUSER-09 @ENDUSER-11 @example
  Rule: Person: "first_name", "last_name" and "email" are strings
    @id:endusers-create.echo
    Scenario: The person comes back as it was sent
      When we call "Create a new enduser"
      Then the answer holds what was sent

  @ENDUSER-10 @example
  Rule: Person: "birthday" is a date of the form "YYYY-MM-DD" and may be left out
    @id:endusers-create.birthday
    Scenario: A birthday may be given
      Given a valid request to "Create a new enduser"
      And the request's "person.birthday" is set to "1970-01-01"
      When the request is sent
      Then the call succeeds

  @ENDUSER-22 @stated
  Rule: One enduser is read with GET at "/api/endusers/:id"
    @id:endusers-get.equal
    Scenario: An enduser is read by its id
      Given an enduser
      Then the enduser reads back equal

  @ENDUSER-21 @stated
  Rule: Endusers are listed with GET at "/api/endusers"
    @id:endusers-list.success
    Scenario: A new enduser is in the list
      Given an enduser
      Then the enduser is in the list

    @id:endusers-list.company
    Scenario: A company is in the list as a person is
      Given a company enduser
      Then the enduser is in the list

  @ENDUSER-23 @inferred
  Rule: In edition v1 the list is at "/customers/v1/endusers" and one enduser at "/customers/v1/endusers/{id}"
    @id:endusers.addresses
    Scenario Outline: <operation> is served in the edition under test
      When we call "<operation>"
      Then the call succeeds

      Examples:
        | operation         |
        | Get all endusers  |
        | Get enduser by ID |

  @ENDUSER-05 @stated
  Rule: Creating: "person" (object) is required in the form that is shown
    @id:endusers-create.forms
    Scenario Outline: What an enduser made from <form> is answered is recorded
      Given a valid request to "Create a new enduser"
      And the request's "person" is set to <person>
      And the request's "company" is set to <company>
      When the request is sent
      Then what the target does here is recorded

      Examples:
        | form    | person                 | company          | gap  |
        | both    | {"first_name": "Jane"} | {"name": "Acme"} | N-33 |
        | neither | null                   | null             | C-18 |

  @ENDUSER-08 @ENDUSER-12 @example
  Rule: Creating a company sends "company" without "person"
    @id:endusers-create.company-alone
    Scenario: A company is taken
      Given a valid request to "Create a new enduser"
      And the request's "person" is left out
      And the request's "company" is set to {"name": "Acme Pty Ltd"}
      When the request is sent
      Then the call succeeds

  @ENDUSER-15 @stated
  Rule: Enduser: "person" is optional and is null or a Person
    @id:endusers-create.person
    Scenario: A person comes back as it was sent
      When we call "Create a new enduser"
      Then the answer's "person" is what was sent

  @ENDUSER-16 @stated
  Rule: Enduser: "person_id" is always present and is a uuid or null
    @id:endusers.person-id
    Scenario: An enduser shows "person_id", read alone and in the list
      Given an enduser
      When we call "Get enduser by ID"
      Then the answer's "person_id" is there, or null
      When we call "Get all endusers"
      Then everything in the list has "person_id"

  @ENDUSER-18 @stated
  Rule: Enduser: "company_id" is always present and is a uuid or null
    @id:endusers.company-id
    Scenario: An enduser shows "company_id", read alone and in the list
      Given an enduser
      When we call "Get enduser by ID"
      Then the answer's "company_id" is there, or null
      When we call "Get all endusers"
      Then everything in the list has "company_id"
