Feature: Clients
  The clients that call the API. The administrator scopes suggest who may; nothing says so.

  @CLIENT-02 @stated
  Rule: All clients are read with GET "{prefix}/clients"
    @id:clients-list.success
    Scenario: All clients are read
      When we call "Get all clients"
      Then the call succeeds
      And the answer is a list of Clients

  @CLIENT-04 @stated
  Rule: One client is read by its id with GET "{prefix}/clients/{id}"
    @id:clients-get.success
    Scenario: One client is read by its id
      Given a client
      When we call "Get client by ID"
      Then the call succeeds
      And the answer's "id" is the client

    @id:clients-get.made
    Scenario: A client that was just created is read by its id
      When we call "Create a new client"
      And we call "Get client by ID"
      Then the call succeeds
      And the answer's "id" is the client

  @CLIENT-07 @CLIENT-11 @stated
  Rule: A client is created with POST
    @id:clients-create.success
    Scenario: A client is created
      When we call "Create a new client"
      Then the call succeeds

  @CLIENT-08 @CLIENT-09 @stated
  Rule: The status of a client is updated with PATCH
    @id:clients-status.success
    Scenario Outline: The status of a client is changed to <status>
      Given a client
      And a valid request to "Update client status"
      And the request's "status" is set to "<status>"
      When the request is sent
      Then the call succeeds
      And the client reads back with the "status" "<status>"

      Examples:
        | status   |
        | INACTIVE |
        | ACTIVE   |

  @CLIENT-01 @stated
  Rule: Clients can be created, read and have their status updated
    @id:clients.life
    Scenario: A client is created, read and has its status changed
      Given a client
      When we call "Get client by ID"
      Then the call succeeds
      When we call "Update client status"
      Then the call succeeds

  @CLIENT-10 @stated
  Rule: The data structure of a client leaves room for metadata
    @id:clients.metadata
    Scenario: A client has room for metadata
      Given a client
      When we call "Get client by ID"
      Then the answer is a Client
      And the answer's "metadata" is there, or left out

  @CLIENT-11 @inferred
  Rule: Creating is at "{prefix}/clients"; updating the status is at "{prefix}/clients/{id}" or below it
    @id:clients.address
    Scenario: Clients are created where they are listed
      When we call "Create a new client"
      Then the API knows the operation
