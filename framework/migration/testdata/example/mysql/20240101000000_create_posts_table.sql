-- Description: Create the posts table that the others find
-- Revision ID: 20240101000000
-- Revises: base
-- Create Date: 2024-01-15 00:00:00 UTC

CREATE TABLE posts (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  title varchar(255) NOT NULL,
  published_at datetime(6) NULL
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
