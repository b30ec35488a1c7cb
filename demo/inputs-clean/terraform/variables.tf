variable "database_password" {
  description = "Given by the pipeline, never written here."
  type        = string
  sensitive   = true
}
