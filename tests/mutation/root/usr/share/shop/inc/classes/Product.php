<?php
class Product {}
