# The cloud side of the sample shop. The mistakes are here on purpose, beside things that are right.

resource "aws_s3_bucket" "receipts" {
  bucket = "shop-receipts"
}

# Right: nobody can make this bucket public by accident.
resource "aws_s3_bucket_public_access_block" "receipts" {
  bucket                  = aws_s3_bucket.receipts.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Wrong: the whole internet may try the administrators' door.
resource "aws_security_group" "shop" {
  name        = "shop"
  description = "Traffic of the shop"

  ingress {
    description = "Administration"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# Wrong: neither encrypted, nor private, nor backed up for long enough.
resource "aws_db_instance" "orders" {
  identifier              = "shop-orders"
  engine                  = "postgres"
  instance_class          = "db.t3.micro"
  allocated_storage       = 20
  username                = "shop"
  password                = var.database_password
  publicly_accessible     = true
  backup_retention_period = 1
  skip_final_snapshot     = true
}
