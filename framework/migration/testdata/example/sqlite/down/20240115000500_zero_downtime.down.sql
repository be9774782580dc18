-- Description: Phase 1: add the new column, nullable
-- Revision ID: 20240115000500
-- Reverts to: 20240115000400
-- Create Date: 2024-01-15 00:05:00 UTC
-- Risk: destructive: drops column users.new_email_format

ALTER TABLE users DROP COLUMN new_email_format;
