-- Description: Migrate user data to new profile structure
-- Revision ID: 20240115000200
-- Reverts to: 20240115000100
-- Create Date: 2024-01-15 00:02:00 UTC
-- Risk: destructive: drops table user_profiles with what users wrote there

DROP TABLE user_profiles;
