Feature: Card programs
  What cards are issued under. A program of the product KOBBLE_DEBIT_1 needs metadata that fit.

  @PROG-03 @stated
  Rule: Listing: success is 200 with "application/json"
    @id:programs-list.success
    Scenario: The list of programs is answered 200, in JSON
      When we call "Get all programs"
      Then the answer is 200 OK
      And the answer's header "Content-Type" is JSON

  @PROG-04 @stated
  Rule: Listing: the body is a bare array of Program
    @id:programs-list.bare
    Scenario: The list is a bare array of programs
      Given a program
      When we call "Get all programs"
      Then the answer is a list of Programs

  @stated
  Rule: A program always has its seven documented fields
    @id:program.field
    Scenario Outline: A program always has "<field>"
      Given a program
      When we call "Get program by ID"
      Then the answer has "<field>"
      And the answer is a Program
      When we call "Get all programs"
      Then the answer is a list of Programs

      Examples:
        | field           | requirement |
        | id              | PROG-05     |
        | type            | PROG-06     |
        | created_at      | PROG-07     |
        | updated_at      | PROG-08     |
        | status          | PROG-09     |
        | partner_product | PROG-10     |
        | metadata        | PROG-11     |

  @PROG-01 @stated
  Rule: Programs are listed with GET "{prefix}/card-programs"
    @id:programs-list.address
    Scenario: Programs are listed at the documented address
      When we call "Get all programs"
      Then the call succeeds

  @PROG-12 @IDEMP-22 @stated
  Rule: A program is created with POST "{prefix}/card-programs"; the guide calls it "/api/programs" (C-02)
    @id:programs-create.success
    Scenario: A program is created at its documented address
      When we call "Create a new program"
      Then the call succeeds

  @PROG-22 @inferred
  Rule: Creating and reading answer with one Program object
    @id:programs-create.object
    Scenario: The answer is the program that was created
      When we call "Create a new program"
      Then the answer is a Program
      And the answer holds what was sent
      And the program reads back equal

  @HARNESS-13 @inferred
  Rule: What was created appears in the list of its kind
    @id:programs-create.in-list
    Scenario: A new program is in the list
      When we call "Create a new program"
      Then the program is in the list

  @PROG-18 @stated
  Rule: A program is read with GET "{prefix}/card-programs/{id}", and the answer is the details of that program
    @id:programs-get.success
    Scenario: A program is read by its id
      Given a program
      When we call "Get program by ID"
      Then the call succeeds
      And the answer's "id" is the program

    @id:programs-get.details
    Scenario: A new program reads back with what it was made with
      When we call "Create a new program"
      Then the program reads back equal
