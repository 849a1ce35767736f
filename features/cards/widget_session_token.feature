Feature: Generate MeaWallet widget session token
  Known from the navigation only: name and method. Its path comes from whoever operates the target.

  @CARD-WIDGET-01 @stated
  Rule: An operation to make a MeaWallet widget session token (POST) is listed in the newest navigation, and schemas "CardWidgetSessionTokenResponse" and "202 Accepted" appear with it
    @id:cards-widget.exists
    Scenario: A session token can be asked for
      When we call "Generate MeaWallet widget session token"
      Then the API knows the operation
