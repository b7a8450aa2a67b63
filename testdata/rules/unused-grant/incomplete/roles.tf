resource "aws_iam_role_policy_attachment" "reports" {{{
#                                                    ^ error[syntax]: invalid syntax: invalid block body; expected `}`, newline or identifier
