Feature: The card
  What a card shows of itself, and what it never shows.

  @stated
  Rule: A card always has its eleven documented fields
    @id:card.field
    Scenario Outline: A card always has "<field>"
      When we call "Get card by ID"
      Then the answer has "<field>"
      And the answer is a Card
      When we call "Get all cards"
      Then the answer is a list of Cards

      Examples:
        | field           | requirement |
        | id              | CARD-06     |
        | type            | CARD-07     |
        | wallet_id       | CARD-08     |
        | created_at      | CARD-09     |
        | updated_at      | CARD-10     |
        | status          | CARD-11     |
        | external_id     | CARD-12     |
        | last_four_digit | CARD-13     |
        | expiry          | CARD-14     |
        | program_id      | CARD-15     |
        | m_pan           | CARD-16     |

  @CARD-17 @CARD-20 @example
  Rule: Card: "m_pan" is masked, as in "1111***1111"
    @id:card.mask
    Scenario: The card number is masked
      Given a card
      When we call "Get card by ID"
      Then the answer's "m_pan" is a masked card number
      And the answer shows no full card number

  @CARD-18 @example
  Rule: Card: "last_four_digit" is four digits, as in "4242"
    @id:card.last-four
    Scenario: The last four digits are four digits
      Given a card
      When we call "Get card by ID"
      Then the answer's "last_four_digit" is four digits

  @CARD-20 @inferred
  Rule: No answer ever shows a full card number; a mask that ends in the last four digits agrees with "last_four_digit"
    @id:card.no-number
    Scenario Outline: <operation> never shows a full card number
      Given a card
      When we call "<operation>"
      Then the answer shows no full card number

      Examples:
        | operation            |
        | Get all cards        |
        | Get card by ID       |
        | Create a new card    |
        | Update card status   |
        | Generate card secret |

  @HARNESS-15 @inferred
  Rule: No answer has a field or a header named like a card verification value, PIN or track, that of the secret operation included
    @id:card.no-cvv
    Scenario Outline: <operation> shows no verification value
      Given a card
      When we call "<operation>"
      Then the answer shows no verification value

      Examples:
        | operation            |
        | Get all cards        |
        | Get card by ID       |
        | Create a new card    |
        | Generate card secret |

  @CARD-21 @inferred
  Rule: "updated_at" is never before "created_at"
    @id:card.times
    Scenario: A card is not changed before it is made
      Given an active card
      Then the card's "updated_at" is not before its "created_at"

  @HARNESS-20 @inferred
  Rule: No answer says that a thing was made or changed after the answer itself was sent
    @id:card.no-future
    Scenario Outline: <operation> tells of nothing that is yet to come
      Given a card
      When we call "<operation>"
      Then the answer shows nothing that is yet to come

      Examples:
        | operation         |
        | Get card by ID    |
        | Get wallet by ID  |
        | Get all cards     |

  @CARD-19 @OWN-04 @example
  Rule: Card: "owner" is a string that holds the client id
    @id:card.owner
    Scenario: The owner, where it is shown, is our client
      Given a card
      When we call "Get card by ID"
      Then the answer's "owner" is our client id

  @CARD-02 @stated
  Rule: Virtual cards are issued at once
    @id:card.at-once
    Scenario: A virtual card is there at once
      Given a card
      Then the card reads back equal
