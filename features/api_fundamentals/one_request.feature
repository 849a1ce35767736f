Feature: One request
  A request that makes something makes one of it, whether it has an idempotency key or not. Each scenario counts what
  the list of the kind shows of its own request. That nothing else was made, and nothing by a request that was refused,
  is looked at for the whole of the run when it ends.

  @HARNESS-29 @inferred
  Rule: A request that makes something makes one of it
    @id:one-request.made
    Scenario Outline: <operation> makes one
      When "<operation>" is called once
      Then one more of it is listed

      Examples:
        | operation                        |
        | Create beneficiary               |
        | Create a new card                |
        | Create a new enduser             |
        | Create a transaction             |
        | Create manual credit transaction |
        | Create manual debit transaction  |
        | Create a webhook                 |

    @id:one-request.with-a-key
    Scenario Outline: <operation> makes one under a key that it did not ask for
      When "<operation>" is called once with a key
      Then one more of it is listed

      Examples:
        | operation            |
        | Create beneficiary   |
        | Create a new enduser |
        | Create a webhook     |
