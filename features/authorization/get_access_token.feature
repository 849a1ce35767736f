Feature: Get access token
  A client sends its credentials in a form to the token endpoint, which is on a host of its own, and gets
  an access token for all other operations.

  @AUTH-01 @AUTH-02 @stated
  Rule: Access tokens are issued by the OAuth 2.0 client-credentials flow
    @id:token.issued
    Scenario: A token is issued for client credentials
      When we ask for an access token
      Then the call succeeds
      And the answer is an AccessToken

  @AUTH-14 @stated
  Rule: The token answer has "access_token", which is a JWT
    @id:token.jwt
    Scenario: The access token is a JWT
      When we ask for an access token
      Then the access token is a JWT that lives as long as "expires_in" says

  @AUTH-15 @stated
  Rule: The token answer has "expires_in", the life of the token in seconds
    @id:token.expires-in
    Scenario: The answer tells how long the token lives
      When we ask for an access token
      Then the answer has "expires_in"
      And the access token is a JWT that lives as long as "expires_in" says

  @AUTH-16 @third-party
  Rule: The token answer has "token_type" (string) beside the other two fields
    @id:token.type
    Scenario: The answer tells the type of the token
      When we ask for an access token
      Then the answer's "token_type" is a plain text, not empty

  @AUTH-19 @stated
  Rule: A token request with wrong parameters or missing data is answered 400
    @id:token.missing
    Scenario Outline: A token request without <field> is refused
      When we ask for an access token with the "<field>" left out
      Then the call is refused as wrong or missing data

      Examples:
        | field         |
        | grant_type    |
        | client_id     |
        | client_secret |
        | scope         |

    @id:token.wrong-grant
    Scenario: A grant type that does not exist is refused
      When we ask for an access token with the "grant_type" wrong
      Then the call is refused as wrong or missing data

    @id:token.json
    Scenario: A token request as JSON is refused
      When we ask for an access token with a JSON body
      Then the call is refused as wrong or missing data

  @stated
  Rule: The pages list each field of the form as required
    @id:token.required
    Scenario Outline: No token is given without <field>
      When we ask for an access token with the "<field>" left out
      Then the call is refused as a fault of the caller

      Examples:
        | field         | requirement |
        | grant_type    | AUTH-06     |
        | client_id     | AUTH-07     |
        | client_secret | AUTH-08     |
        | scope         | AUTH-09     |

    @id:token.as-json @AUTH-05 @gap:N-54
    Scenario: What the fields as JSON, not as a form, are answered is recorded
      When we ask for an access token with a JSON body
      Then what the target does here is recorded

    @id:token.other-scope @AUTH-10 @gap:N-10
    Scenario: What a scope that is none of the four is answered is recorded
      When we ask for an access token with the "scope" "client/everything"
      Then what the target does here is recorded

  @AUTH-20 @stated
  Rule: A token request with bad credentials or a bad token is answered 401
    @id:token.wrong-credentials
    Scenario Outline: A wrong <field> is refused
      When we ask for an access token with the "<field>" wrong
      Then the call is refused as bad credentials

      Examples:
        | field         |
        | client_id     |
        | client_secret |

  @AUTH-23 @third-party
  Rule: A failed token answer has a string property "error"
    @id:token.error-text
    Scenario: A failed token answer has a text in error
      When we ask for an access token with the "client_secret" wrong
      Then the answer has "error"

  @STD-14 @standard
  Rule: A token answer has "access_token" and "token_type"; "expires_in" is recommended; "scope" is there when it differs from what was asked
    @id:token.rfc6749
    Scenario: The answer has "access_token" and "token_type", as RFC 6749 asks
      When we ask for an access token
      Then the answer has "access_token"
      And the answer has "token_type"

  @STD-15 @standard
  Rule: A token answer has "Cache-Control: no-store" and "Pragma: no-cache"
    @id:token.no-store
    Scenario: A token answer is not kept by caches
      When we ask for an access token
      Then the answer is not to be kept

  @STD-16 @standard
  Rule: A token error is 400 with "error" one of "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"; "invalid_client" may be 401 (C-51)
    @id:token.error-code
    Scenario Outline: A request with <field> <how> names a code of RFC 6749
      When we ask for an access token with the "<field>" <how>
      Then the error is one of invalid_request, invalid_client, invalid_grant, unauthorized_client, unsupported_grant_type, invalid_scope

      Examples:
        | field         | how        |
        | grant_type    | wrong      |
        | grant_type    | left out   |
        | client_secret | wrong      |
        | client_id     | wrong      |
        | client_id     | sent twice |

    @id:token.scope-unknown
    Scenario: A scope that does not exist is refused
      When we ask for an access token with the "scope" "client/everything"
      Then the call is refused as a fault of the caller
      And the error is one of invalid_scope, invalid_request

  @STD-17 @standard
  Rule: The client-credentials flow should give no refresh token
    @id:token.no-refresh
    Scenario: The flow gives no refresh token
      When we ask for an access token
      Then the call succeeds
      And the answer brings no refresh token

  @AUTH-21 @stated
  Rule: A client that may not have the resource is answered 403
    @id:token.403
    Scenario: Another client's card is refused as forbidden, or as not found to hide it
      Given a card of another client
      When we call "Get card by ID" for the foreign card
      Then the call is refused as forbidden or not found
