Feature: Transactions
  Money moves between wallets, onto them and off them. No page shows a transaction, so only what follows
  from the requests is asserted.

  @TXN-12 @TXN-16 @TXN-17 @TXN-18 @stated
  Rule: A transaction is created with POST "{prefix}/transactions"
    @id:transactions-create.success
    Scenario: Money moves between two wallets
      When we call "Create a transaction"
      Then the call succeeds
      And the answer is a Transaction

  @TXN-19 @TXN-22 @stated
  Rule: A manual credit is made with POST "{prefix}/transactions/manual-credit"
    @id:transactions-credit.success
    Scenario: A manual credit is made
      When we call "Create manual credit transaction"
      Then the call succeeds

  @TXN-23 @TXN-26 @stated
  Rule: A manual debit is made with POST "{prefix}/transactions/manual-debit"
    @id:transactions-debit.success
    Scenario: A manual debit is made
      When we call "Create manual debit transaction"
      Then the call succeeds

  @TXN-27 @example
  Rule: Manual debit: "reference" may be an empty string
    @id:transactions-debit.reference
    Scenario: The reference may be empty
      Given a valid request to "Create manual debit transaction"
      And the request's "reference" is empty
      When the request is sent
      Then the call succeeds

  @TXN-28 @inferred
  Rule: "from" is the wallet debited and "to" the wallet credited; nothing says whether "to" may be a beneficiary
    @id:transactions.sides
    Scenario: "from" is debited and "to" is credited
      Given a funded wallet
      And another wallet
      When we move 500 from the wallet to the other wallet
      Then the wallet holds 500 less than before
      And the other wallet holds 500 more than before

  @TXN-09 @stated
  Rule: One transaction is read with GET "{prefix}/transactions/{id}", and the answer is the details of that transaction
    @id:transactions-get.success
    Scenario: A transaction is read by its id
      Given a transaction
      When we call "Get transaction by ID"
      Then the call succeeds
      And the answer's "id" is the transaction
      And the transaction reads back equal

  @HARNESS-12 @inferred
  Rule: What was created reads back equal, field by field
    @id:transactions.reads-back
    Scenario: A new transaction reads back equal
      Given a transaction
      Then the transaction reads back equal

  @TXN-01 @stated
  Rule: Transactions are listed with GET "{prefix}/transactions", filtered at will by wallet, date range and more
    @id:transactions-list.success
    Scenario: Transactions are listed
      When we call "Get all transactions"
      Then the call succeeds
      And the answer is a list of Transactions

  @TXN-02 @stated
  Rule: Listing: query "wallet" (string) is optional and is a wallet id
    @id:transactions-list.wallet
    Scenario: The list of one wallet holds its transactions, and no others
      Given four credits made one after another on one wallet
      And another wallet
      When we list the transactions of the wallet
      Then the list holds each of them once
      When we list the transactions of the other wallet
      Then the list is empty

    @id:transactions-list.of-nobody
    Scenario: A wallet that nobody has lists no transactions
      Given a valid request to "Get all transactions"
      But the request's query "wallet" is unknown
      When the request is sent
      Then the list is empty, or refused

    @id:transactions-list.mine
    Scenario: A new transaction is in the list of its wallet
      Given a wallet
      When we credit the wallet with 100
      Then the transaction is in the list of the wallet

    @id:transactions-list.debit
    Scenario: A debit is in the list of its wallet
      Given a funded wallet
      When we debit the wallet by 100
      Then the transaction is in the list of the wallet

    @id:transactions-list.move
    Scenario: A transaction between two wallets is in the list of the wallet that it leaves
      Given a funded wallet
      And another wallet
      When we move 100 from the wallet to the other wallet
      Then the transaction is in the list of the wallet
