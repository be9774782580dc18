-- Description: who_revoked_a_role
-- Revision ID: 20261122163158
-- Reverts to: 20261122133940
-- Create Date: 2026-11-22 16:31:58 UTC
-- Risk: destructive: column user_roles.revoked_by and its values are dropped

-- Modify "user_roles" table
ALTER TABLE `user_roles` DROP COLUMN `revoked_by`, DROP FOREIGN KEY `user_roles_users_revoked_roles`;
