-- Description: Migrate user data to new profile structure
-- Revision ID: 20240115000200
-- Revises: 20240115000100
-- Create Date: 2024-01-15 00:02:00 UTC

CREATE TABLE user_profiles (
  id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id integer NOT NULL,
  phone varchar(20) NULL,
  address text NULL,
  date_of_birth date NULL,
  website varchar(255) NULL,
  linkedin_url varchar(255) NULL,
  github_url varchar(255) NULL,
  bio text NULL,
  avatar_url varchar(500) NULL,
  timezone varchar(50) NOT NULL DEFAULT 'UTC',
  language varchar(5) NOT NULL DEFAULT 'en',
  email_notifications boolean NOT NULL DEFAULT true,
  created_at datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
  CONSTRAINT fk_user_profiles_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_user_profiles_user_id ON user_profiles (user_id);
-- A profile for each user who has none. It can be run again, and no row
-- leaves the database.
INSERT INTO user_profiles (user_id, timezone, language, email_notifications)
SELECT users.id, 'UTC', 'en', true FROM users
WHERE NOT EXISTS (SELECT 1 FROM user_profiles WHERE user_profiles.user_id = users.id);
