Feature: Token requests
  What RFC 6749 asks of the token endpoint, section by section, beyond the four fields that the pages name. That
  every answer with a token or with an error of this endpoint has its form is watched in every scenario.

  @OAUTH-01 @standard
  Rule: A parameter without a value is taken as though it was left out
    @id:oauth.empty
    Scenario Outline: An empty <field> is a <field> left out
      When we ask for an access token with the "<field>" left out
      And we ask for an access token with the "<field>" empty
      Then the call is refused as a fault of the caller
      And the refusal is that of the call before

      Examples:
        | field         |
        | grant_type    |
        | client_id     |
        | client_secret |
        | scope         |

  @OAUTH-02 @standard
  Rule: A parameter that the token endpoint does not know is ignored
    @id:oauth.unknown
    Scenario Outline: A field that nobody knows, <how>, changes nothing
      When we ask for an access token with the "kobcheck_unknown" <how>
      Then the call succeeds

      Examples:
        | how   |
        | wrong |
        | empty |

  @OAUTH-03 @standard
  Rule: A token request that repeats a parameter gets no token
    @id:oauth.repeated
    Scenario Outline: A <field> <how> gets no token
      When we ask for an access token with the "<field>" <how>
      Then the call is refused as a fault of the caller

      Examples:
        | field         | how                      |
        | grant_type    | sent twice               |
        | client_id     | sent twice               |
        | client_secret | sent twice               |
        | scope         | sent twice               |
        | grant_type    | sent before a wrong one  |
        | client_id     | sent before a wrong one  |
        | client_secret | sent before a wrong one  |
        | scope         | sent before a wrong one  |
        | client_secret | sent behind a wrong one  |
        | scope         | sent behind a wrong one  |

  @OAUTH-04 @standard
  Rule: A token is asked for with POST, and what gives it stands in the body: nothing in the address gives a token
    @id:oauth.address
    Scenario Outline: No token for <field> in the address
      When we ask for an access token with the "<field>" in the address
      Then the call is refused as a fault of the caller

      Examples:
        | field         |
        | grant_type    |
        | client_id     |
        | scope         |

    @id:oauth.by-get
    Scenario: No token by GET
      When we ask for an access token by GET
      Then the answer brings no access token

  @OAUTH-05 @standard
  Rule: The grant type is "client_credentials", letter for letter; another gets no token
    @id:oauth.grant
    Scenario Outline: No token for the grant type <grant>
      When we ask for an access token with the "grant_type" "<grant>"
      Then the call is refused as a fault of the caller

      Examples:
        | grant                                       |
        | CLIENT_CREDENTIALS                          |
        | client_credential                           |
        | credentials                                 |
        | client_credentials password                 |
        | password                                    |
        | refresh_token                               |
        | authorization_code                          |
        | urn:ietf:params:oauth:grant-type:jwt-bearer |

  @OAUTH-06 @standard
  Rule: No token is given to whoever does not prove to be the client: the secret is that of this client, letter for letter
    @id:oauth.secret
    Scenario Outline: No token for a secret <how>
      When we ask for an access token with the "client_secret" <how>
      Then the call is refused as bad credentials

      Examples:
        | how                       |
        | in other letter case      |
        | without its last letter   |
        | with a letter more        |
        | with a space before it    |
        | of another client         |

    @id:oauth.foreign-id
    Scenario: No token for the id of another client
      When we ask for an access token with the "client_id" of another client
      Then the call is refused as bad credentials

  @OAUTH-07 @standard
  Rule: Letter case counts in a scope: one in other letters is refused, or the answer says which scope was given
    @id:oauth.scope-case
    Scenario: A scope in capitals is none of the four
      When we ask for an access token with the "scope" in other letter case
      Then no token is given, or the answer says for which scope

  @OAUTH-08 @standard
  Rule: The form is read as "application/x-www-form-urlencoded" has it: escapes are undone, and no order counts
    @id:oauth.form
    Scenario Outline: A form <how> is the same form
      When we ask for an access token by a form <how>
      Then the call succeeds

      Examples:
        | how                             |
        | in which every letter is escaped |
        | in the other order              |

  @OAUTH-12 @standard
  Rule: Each kind of refusal of the token endpoint has its own code
    @id:oauth.code
    Scenario Outline: A <field> <how> is refused with its own code
      When we ask for an access token with the "<field>" <how>
      Then the error is one of <codes>

      Examples:
        | field         | how        | codes                                               |
        | grant_type    | wrong      | unsupported_grant_type                              |
        | grant_type    | left out   | invalid_request, unsupported_grant_type             |
        | client_id     | left out   | invalid_request, invalid_client                     |
        | client_secret | left out   | invalid_request, invalid_client                     |
        | client_id     | wrong      | invalid_client                                      |
        | client_secret | wrong      | invalid_client                                      |
        | scope         | left out   | invalid_request, invalid_scope                      |
        | scope         | wrong      | invalid_scope, invalid_request                      |
        | client_id     | sent twice | invalid_request                                     |
        | scope         | sent twice | invalid_request                                     |

  @OAUTH-13 @standard
  Rule: Whoever tried to authenticate by a header and is answered 401 gets a challenge of the same scheme
    @id:oauth.basic
    Scenario: Wrong credentials in a header are refused with a challenge for headers
      When we ask for an access token with wrong credentials in a header
      Then the call is refused as bad credentials
      And the challenge, where there is one, is for the header that was sent

  @OAUTH-09 @standard
  Rule: A token answer is "application/json", its "token_type" is Bearer in any letter case, and its "expires_in" is a whole number above zero and no text
    @id:oauth.answer
    Scenario: A token answer has the form of the standard
      When we ask for an access token
      Then the call succeeds
      And the answer is an AccessToken

  @OAUTH-10 @standard
  Rule: Where a token is of another scope than was asked for, the answer says so in "scope", and truly
    @id:oauth.scope
    Scenario Outline: A token of the scope <scope> is of this scope, or the answer says of which
      When we ask for an access token with the "scope" "<scope>"
      Then no token is given, or the answer says for which scope

      Examples:
        | scope                    |
        | client/read              |
        | client/write             |
        | client/read client/write |
        | client/write client/read |
        | administrator/write      |

  @OAUTH-11 @standard
  Rule: A 400 or 401 of the token endpoint is a JSON object whose "error" is one code of the standard, with 401 "invalid_client"; "error_description" and "error_uri", where present, are printable ASCII without quotes and backslashes
    @id:oauth.error
    Scenario Outline: The refusal of a <field> <how> has the form of the standard
      When we ask for an access token with the "<field>" <how>
      Then the call is refused as a fault of the caller

      Examples:
        | field         | how   |
        | client_secret | wrong |
        | grant_type    | wrong |
        | scope         | wrong |
