resource "aws_s3_bucket" "data" {
  versioning { enabled = true }
}
