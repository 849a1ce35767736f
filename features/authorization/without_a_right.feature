Feature: Without a right
  All that may stand in the place of a token and is none, at every operation that asks for one. A run calls some
  operations with each, others with another seed; "--depth" says how many. Each call is right but for its token.

  @AUTH-28 @HARNESS-11 @stated
  Rule: The token is meant for every other Kobble API, so every other operation is authenticated with it
    @id:rights.none
    Scenario Outline: Nothing is served or changed for <way> in place of a token
      When we call any operation with <way> in place of a token
      Then none of these calls is served
      And none of these calls has changed anything

      Examples:
        | way                                                   |
        | an empty header                                       |
        | a header of spaces                                    |
        | the scheme alone                                      |
        | the word null                                         |
        | the word undefined                                    |
        | an empty object                                       |
        | letters that are no token                             |
        | three parts that are no token                         |
        | the id of the client                                  |
        | the id and secret of the client                       |
        | half of a token                                       |
        | a token without its last letters                      |
        | a token without its signature                         |
        | a token of two parts                                  |
        | a token whose signature is turned round               |
        | a token that lives longer than it did                 |
        | a token of another client's name                      |
        | an unsigned token                                     |
        | an unsigned token whose algorithm is None             |
        | an unsigned token whose algorithm is in capitals      |
        | an unsigned token whose algorithm is in mixed letters |
        | a token signed with an empty word                     |
        | a token signed with the word secret                   |
        | a token signed with the id of the client              |
        | a token signed by a stranger                          |
        | a token that brings a stranger's key along            |
