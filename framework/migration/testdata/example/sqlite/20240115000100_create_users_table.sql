-- Description: Create users table with comprehensive fields
-- Revision ID: 20240115000100
-- Revises: 20240101000000
-- Create Date: 2024-01-15 00:01:00 UTC

CREATE TABLE users (
  id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  username varchar(100) NOT NULL,
  email varchar(255) NOT NULL,
  password varchar(255) NOT NULL,
  first_name varchar(100) NULL,
  last_name varchar(100) NULL,
  bio text NULL,
  avatar_url varchar(500) NULL,
  is_active boolean NOT NULL DEFAULT true,
  is_admin boolean NOT NULL DEFAULT false,
  is_verified boolean NOT NULL DEFAULT false,
  created_at datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
  updated_at datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), -- kept by the application: ON UPDATE is MySQL's alone
  last_login datetime NULL,
  CONSTRAINT ck_users_email_format CHECK (email LIKE '%@%.%'),
  CONSTRAINT ck_users_username_length CHECK (length(username) >= 3)
);
CREATE UNIQUE INDEX uq_users_username ON users (username);
CREATE UNIQUE INDEX uq_users_email ON users (email); -- these two find rows as well, no second index is needed
CREATE INDEX ix_users_active_created ON users (is_active, created_at);
CREATE INDEX ix_users_last_login ON users (last_login);
CREATE INDEX ix_users_active_only ON users (id) WHERE is_active;
