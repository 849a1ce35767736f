Feature: Free objects
  Several requests take an object that is the caller's own. Of endusers a page says that it is kept as it was sent;
  of the others it is only to be expected. Objects of every kind are generated, others with another seed: all sorts
  of names, numbers and texts, long and deep. The smallest one that shows a difference is printed.

  @HARNESS-12 @HARNESS-01 @inferred
  Rule: What was created reads back equal, field by field
    @id:objects.kept
    Scenario Outline: An object that <operation> takes comes back as it was sent
      Given a valid request to "<operation>"
      When the request is sent with objects of every kind as its "metadata"
      Then each object is taken or refused
      And each object comes back as it was sent

      Examples:
        | operation                        |
        | Create beneficiary               |
        | Update beneficiary               |
        | Create a transaction             |
        | Create manual credit transaction |
        | Create manual debit transaction  |
        | Create a new program             |
