Feature: Usage of metadata on endusers
  A free JSON object that belongs to the caller: kept as it was sent, never read, never judged.

  Background:
    Given a valid request to "Create a new enduser"

  @META-01 @META-04 @stated
  Rule: Enduser "metadata" is a free JSON object; any valid object is accepted and none is validated
    @id:metadata.accepted
    Scenario Outline: Metadata of the kind <kind> is accepted
      Given the request's "metadata" is set to <metadata>
      When the request is sent
      Then the call succeeds

      Examples:
        | kind         | metadata                                               |
        | nested       | {"crm": {"id": "a-1", "tags": ["vip", 7, true, null]}} |
        | numbers      | {"score": 12.5, "count": 9007199254740991, "zero": 0}  |
        | beyond-ascii | {"name": "Zoë Ødegård 日本", "emoji": "🪪"}               |
        | escapes      | {"text": "a\\"b\\\\c\\n"}                              |
        | empty        | {}                                                     |
        | deep         | {"a": {"b": {"c": {"d": {"e": "f"}}}}}                 |

  @META-02 @META-09 @stated
  Rule: It is stored and returned as it was sent
    @id:metadata.returned
    Scenario Outline: Metadata of the kind <kind> comes back as it was sent
      Given the request's "metadata" is set to <metadata>
      When the request is sent
      Then the answer's "metadata" is what was sent
      And the enduser reads back equal

      Examples:
        | kind         | metadata                                               |
        | nested       | {"crm": {"id": "a-1", "tags": ["vip", 7, true, null]}} |
        | numbers      | {"score": 12.5, "count": 9007199254740991, "zero": 0}  |
        | beyond-ascii | {"name": "Zoë Ødegård 日本", "emoji": "🪪"}               |
        | escapes      | {"text": "a\\"b\\\\c\\n"}                              |
        | empty        | {}                                                     |
        | deep         | {"a": {"b": {"c": {"d": {"e": "f"}}}}}                 |
        | big-numbers  | {"id": 9007199254740993, "more": 123456789012345678901} |
        | odd-keys     | {"a b": 1, "a.b": 2, "": 3, "$ref": 4, "ключ": 5}      |
        | truth-values | {"yes": true, "no": false, "none": null}               |

    @id:metadata.returned-company
    Scenario: Metadata of a company comes back as it was sent
      Given the request's "person" is left out
      And the request's "company" is set to {"name": "Acme Pty Ltd"}
      And the request's "metadata" is set to {"crm": {"id": "a-1", "tags": ["vip", 7, true, null]}}
      When the request is sent
      Then the answer's "metadata" is what was sent
      And the enduser reads back equal

    @id:metadata.any-object @META-02 @META-11 @META-01 @META-04
    Scenario: Any object of a person is kept
      When the request is sent with objects of every kind as its "metadata"
      Then each object is taken
      And each object comes back as it was sent
      And each object is listed as it was sent

    @id:metadata.any-object-of-company @META-02 @META-11 @META-01 @META-04
    Scenario: Any object of a company is kept
      Given the request's "person" is left out
      And the request's "company" is set to {"name": "Acme Pty Ltd"}
      When the request is sent with objects of every kind as its "metadata"
      Then each object is taken
      And each object comes back as it was sent

  @META-07 @stated
  Rule: When it is left out, an empty object "{}" is stored
    @id:metadata.default
    Scenario: Left out, metadata is an empty object
      Given the request's "metadata" is left out
      When the request is sent
      Then the call succeeds
      And the answer's "metadata" is {}

  @META-05 @stated
  Rule: It is optional when a person is created
    @id:metadata.optional
    Scenario: Metadata may be left out for a person
      Given the request's "metadata" is left out
      When the request is sent
      Then the call succeeds

  @META-06 @stated
  Rule: It is optional when a company is created
    @id:metadata.optional-company
    Scenario: Metadata may be left out for a company
      Given the request's "person" is left out
      And the request's "company" is set to {"name": "Acme Pty Ltd"}
      But the request's "metadata" is left out
      When the request is sent
      Then the call succeeds

  @META-08 @stated
  Rule: Sending "{}" outright is allowed
    @id:metadata.empty
    Scenario: An empty object is taken
      Given the request's "metadata" is set to {}
      When the request is sent
      Then the call succeeds
      And the answer's "metadata" is {}

  @META-10 @inferred
  Rule: List and get return it too; the sentence that says so is known only in part
    @id:metadata.listed
    Scenario: List and read show the metadata too
      Given an enduser with the metadata
        """
        {"left": null, "right": 1}
        """
      Then the enduser is in the list
      And the enduser reads back equal

  @META-11 @stated
  Rule: Nested objects, arrays, numbers, booleans, nulls and non-ASCII text come back unchanged
    @id:metadata.unchanged
    Scenario Outline: Metadata of the kind <kind> is stored unchanged
      Given the request's "metadata" is set to <metadata>
      When the request is sent
      Then the enduser reads back equal
      And the answer's "metadata" is what was sent

      Examples:
        | kind         | metadata                                               |
        | nested       | {"crm": {"id": "a-1", "tags": ["vip", 7, true, null]}} |
        | numbers      | {"score": 12.5, "count": 9007199254740991, "zero": 0}  |
        | beyond-ascii | {"name": "Zoë Ødegård 日本", "emoji": "🪪"}               |
        | escapes      | {"text": "a\\"b\\\\c\\n"}                              |

    @id:metadata.null
    Scenario: A member that is null stays
      Given an enduser with the metadata
        """
        {"left": null, "right": 1}
        """
      Then the enduser reads back equal

  @META-12 @inferred
  Rule: A value that is not an object is refused with a 4xx
    @id:metadata.no-object
    Scenario Outline: Metadata that is <kind> is refused
      Given the request's "metadata" is set to <metadata>
      When the request is sent
      Then the call is refused as a fault of the caller

      Examples:
        | kind          | metadata |
        | a text        | "text"   |
        | a number      | 7        |
        | a list        | ["a"]    |
        | a truth value | true     |

  @META-03 @stated
  Rule: It plays no part in business logic
    @id:metadata.no-business
    Scenario: A card is issued whatever the metadata of its holder says
      Given an enduser with the metadata
        """
        {"status": "BLOCKED", "person": null, "owner": "somebody else"}
        """
      When we call "Create a new card"
      Then the call succeeds
