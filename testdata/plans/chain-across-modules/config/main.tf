module "identity" {
  source = "./identity"
  users  = { robot = { key = true, groups = ["machines"] }, ann = { key = false, groups = ["people"] } }
}

module "service" {
  source      = "./service"
  name        = "mailer"
  credentials = module.identity.credentials["robot"]
}
