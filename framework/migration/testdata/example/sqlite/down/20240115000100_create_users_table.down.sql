-- Description: Create users table with comprehensive fields
-- Revision ID: 20240115000100
-- Reverts to: 20240101000000
-- Create Date: 2024-01-15 00:01:00 UTC
-- Risk: destructive: drops table users

DROP INDEX ix_users_active_only;
DROP INDEX ix_users_last_login;
DROP INDEX ix_users_active_created;
DROP INDEX uq_users_email;
DROP INDEX uq_users_username;
DROP TABLE users;
