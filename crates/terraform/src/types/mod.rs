//! Terraform's types: conversion, unification, and the constraints of variables.
