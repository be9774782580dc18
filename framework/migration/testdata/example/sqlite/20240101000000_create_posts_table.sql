-- Description: Create the posts table that the others find
-- Revision ID: 20240101000000
-- Revises: base
-- Create Date: 2024-01-15 00:00:00 UTC

CREATE TABLE posts (
  id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  title varchar(255) NOT NULL,
  published_at datetime NULL
);
